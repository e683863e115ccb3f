/** The lists a form chooses from, as CSV, cut to what this phone holds: person.csv, household.csv, place.csv. Pure. */

import type { Family, Me, Person } from "../field/pulled";
import { textIn } from "./words";

type Row = Readonly<Record<string, string>>;

export const MOST_FAMILIES = 2000;

export function csvOf(rows: readonly Row[]): string {
  const first = ["name", "label", "__version"];
  const others = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((name) => !first.includes(name)).sort();
  const names = [...first, ...others];
  return [names, ...rows.map((row) => names.map((name) => row[name] ?? ""))].map((cells) => cells.map(cell).join(",") + "\r\n").join("");
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function people(persons: readonly Pick<Person, "row">[]): string {
  return csvOf(persons.map(({ row }) => row));
}

export function households(families: readonly Family[]): string {
  return csvOf(families.slice(0, MOST_FAMILIES).map(({ row }) => row));
}

/** The places this worker serves. */
export function places(me: Me | null, language: string): string {
  const served = (me?.places ?? []).filter((place) => place.served).sort((a, b) => (a.code < b.code ? -1 : 1));
  return csvOf(served.map(({ code, name, kind }) => ({ name: code, label: textIn(language, name), __version: "1", kind })));
}
