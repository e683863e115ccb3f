/** The words of the form component, the charts and the map, by language. */

import { en, type Words } from "./en";
import { zh } from "./zh";

const tables: Readonly<Record<string, Words>> = { en, zh };

/** Words in a language ('zh', 'zh-hans', 'en' …); English for one we do not have. */
export function wordsIn(language: string): Words {
  const code = language.toLowerCase();
  return tables[code] ?? tables[code.split("-")[0] ?? ""] ?? en;
}

/** Puts values into a sentence: fill("{count} more", {count: 3}). */
export function fill(sentence: string, values: Readonly<Record<string, string | number>>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => (values[name] === undefined ? whole : apart(String(values[name]))));
}

/** In a language written from right to left, a value keeps its own direction: house number 2-1 would be read as 1-2. */
function apart(value: string): string {
  const turned = typeof document !== "undefined" && document.documentElement.dir === "rtl";
  return turned ? `\u2068${value}\u2069` : value;
}

const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ps", "ug", "ur"]);

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language.toLowerCase().split("-")[0] ?? "") ? "rtl" : "ltr";
}

export type { Words };
