/** Puts known answers into a form before it opens, whatever kind of question they belong to. */

const TEMPLATE = "http://openrosa.org/javarosa";

export interface Prefilled {
  readonly xml: string;
  readonly paths: readonly string[]; // where values were put, below the form's root
  readonly unknown: readonly string[]; // names that are not in the form
}

/** The form's first instance element: the blank record. */
function primaryInstance(form: Document): Element | null {
  const model = [...form.getElementsByTagName("*")].find((e) => e.localName === "model");
  const instance = model && [...model.children].find((e) => e.localName === "instance");
  return instance?.firstElementChild ?? null;
}

function isTemplate(element: Element): boolean {
  return element.hasAttributeNS(TEMPLATE, "template");
}

function childrenNamed(parent: Element, name: string): Element[] {
  return [...parent.children].filter((child) => child.localName === name && !isTemplate(child));
}

function atPath(root: Element, path: readonly string[]): Element | null {
  return path.reduce<Element | null>((at, name) => (at ? (childrenNamed(at, name)[0] ?? null) : null), root);
}

function leavesNamed(root: Element, name: string): Element[] {
  return [...root.children]
    .filter((child) => !isTemplate(child))
    .flatMap((child) =>
      child.children.length ? leavesNamed(child, name) : child.localName === name ? [child] : [],
    );
}

/** A question by its path below the root, or by its own name when it is the only one of that name. */
function question(root: Element, name: string): Element | null {
  const found = atPath(root, name.split("/"));
  if (found && !found.children.length) return found;
  const named = name.includes("/") ? [] : leavesNamed(root, name);
  return named.length === 1 ? (named[0] ?? null) : null;
}

function pathOf(root: Element, element: Element): string {
  const names: string[] = [];
  for (let at: Element | null = element; at && at !== root; at = at.parentElement) names.unshift(at.localName);
  return names.join("/");
}

/** Drops what the form would set by itself when it opens (a default such as today()), so that the known answer stays. */
function dropDefault(form: Document, ref: string): void {
  for (const element of [...form.getElementsByTagName("*")]) {
    if (element.localName === "setvalue" && element.getAttribute("ref") === ref) element.remove();
  }
}

/**
 * @param xml the XForm
 * @param values answers as they stand in a record ('60.5', '2026-03-01', 'fever cough'), by path or by name
 */
export function prefill(xml: string, values: Readonly<Record<string, string>>): Prefilled {
  const names = Object.keys(values);
  if (!names.length) return { xml, paths: [], unknown: [] };
  const form = new DOMParser().parseFromString(xml, "application/xml");
  const root = primaryInstance(form);
  if (!root) return { xml, paths: [], unknown: names };
  const paths: string[] = [];
  const unknown: string[] = [];
  for (const name of names) {
    const element = question(root, name);
    if (!element) {
      unknown.push(name);
      continue;
    }
    const path = pathOf(root, element);
    element.textContent = values[name] ?? "";
    dropDefault(form, `/${root.localName}/${path}`);
    paths.push(path);
  }
  return { xml: new XMLSerializer().serializeToString(form), paths, unknown };
}
