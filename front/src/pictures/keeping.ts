/** Taking a picture or its table along: buttons, file names, and tables as CSV. */

import { wordsIn } from "../words";
import { element, type TableWords } from "./table";

const SPREADSHEET_SIGNS = /^[=+\-@\t\r]/;

/** A cell as CSV, never one a spreadsheet would work out as a formula. */
function cell(text: string): string {
  const plain = SPREADSHEET_SIGNS.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The table as CSV with a byte order mark, so that spreadsheets read Chinese. */
export function csvOf(words: Pick<TableWords, "columns" | "rows">): string {
  return "\uFEFF" + [words.columns, ...words.rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** A name for a file from a title: what no file system takes is left out. */
export function fileName(title: string, ending: string): string {
  const kept = title.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, " ").trim().replace(/\s+/g, "_").slice(0, 60);
  return `${kept || "doorstep"}.${ending}`;
}

function give(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** Buttons that save the picture (as `picture` draws it) and the table. */
export function keeping(title: string, language: string, words: Pick<TableWords, "columns" | "rows">, picture: () => Promise<Blob>): HTMLDivElement {
  const said = wordsIn(language);
  const button = (label: string, press: () => void) => {
    const made = element("button", "quiet", label);
    made.type = "button";
    made.setAttribute("aria-label", `${label}: ${title}`);
    made.addEventListener("click", press);
    return made;
  };
  const failed = element("span", "dc-trouble");
  failed.setAttribute("role", "status");
  return element(
    "div",
    "dc-keep no-print",
    button(said.savePicture, () => {
      failed.textContent = "";
      picture().then((blob) => give(blob, fileName(title, "png")), () => { failed.textContent = said.noSaving; });
    }),
    button(said.saveTable, () => give(new Blob([csvOf(words)], { type: "text/csv;charset=utf-8" }), fileName(title, "csv"))),
    failed,
  );
}

/** On paper the table stands open beside its picture; afterwards it is as it was. */
export function openOnPaper(table: HTMLDetailsElement, redraw: () => void): () => void {
  let opened = false;
  const before = () => {
    opened = !table.open;
    table.open = true;
    redraw();
  };
  const after = () => {
    if (opened) table.open = false;
    redraw();
  };
  window.addEventListener("beforeprint", before);
  window.addEventListener("afterprint", after);
  return () => {
    window.removeEventListener("beforeprint", before);
    window.removeEventListener("afterprint", after);
  };
}
