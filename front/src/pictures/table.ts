/** The table that says the same as a picture, and reading a picture's JSON. */

export interface TableWords {
  readonly summary: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className: string,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...inside);
  return made;
}

/** A closed `<details>` with the table. */
export function tableOf(words: TableWords): HTMLDetailsElement {
  const head = element("tr", "", ...words.columns.map((name, at) => headCell(name, "col", at ? "number" : "")));
  const rows = words.rows.map(([name = "", ...rest]) =>
    element("tr", "", headCell(name, "row", ""), ...rest.map((text) => element("td", "number", text))),
  );
  const table = element("table", "table", element("thead", "", head), element("tbody", "", ...rows));
  return element("details", "dc-table", element("summary", "", words.summary), element("div", "table-responsive", table));
}

function headCell(text: string, scope: "col" | "row", className: string): HTMLTableCellElement {
  const cell = element("th", className, text);
  cell.scope = scope;
  return cell;
}

/** The JSON inside an element. @throws SyntaxError */
export function jsonInside<T>(host: Element): T {
  return JSON.parse(host.querySelector("script[type='application/json']")?.textContent ?? "{}") as T;
}
