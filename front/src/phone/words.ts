/** The words of the phone's pages, by language. */

import { fill } from "../words";
import { en, type Words } from "./words/en";
import { zh } from "./words/zh";

const tables: Readonly<Record<string, Words>> = { en, zh };

/** English for a language we do not have. */
export function wordsIn(language: string): Words {
  const code = language.toLowerCase();
  return tables[code] ?? tables[code.split("-")[0] ?? ""] ?? en;
}

/** A text that comes in several languages, in one of them, else in whichever it has: `said.text` of the server. */
export function textIn(language: string, words: Readonly<Record<string, string>>): string {
  return words[language] || words["en"] || (Object.values(words)[0] ?? "");
}

export { fill };
export type { Words };
