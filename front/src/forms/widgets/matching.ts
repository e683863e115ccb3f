/** Finding choices by what somebody types. Pure. */

import { plainDigits } from "../answers";
import type { Choice } from "../model";

function folded(text: string): string {
  return plainDigits(text).toLowerCase();
}

/** Choices whose label holds every typed word; all of them for an empty search. Those that begin with it come first. */
export function matching(choices: readonly Choice[], query: string): Choice[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return [...choices];
  const found = choices
    .map((choice) => ({ choice, label: folded(choice.label.plain) }))
    .filter(({ label }) => words.every((word) => label.includes(word)));
  const starting = found.filter(({ label }) => label.startsWith(first));
  return [...starting, ...found.filter((each) => !starting.includes(each))].map(({ choice }) => choice);
}
