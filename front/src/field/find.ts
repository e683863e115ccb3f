/** Finding people on this phone: by name, pinyin, first letters, the end of a phone number, the number of the house. Pure. */

import type { Light } from "./replica";

export const MOST_FOUND = 50;

/** Lower case, one width, without accents or spaces at the ends: as the server writes what a person is found by. */
export function plain(text: string): string {
  return text.normalize("NFKC").normalize("NFKD").replace(/\p{M}/gu, "").trim().toLowerCase();
}

/**
 * People that what was typed may mean, the best first: the whole name, its beginning, the beginning of a later part of it,
 * pinyin and first letters, then names that share two neighbouring signs with it. Digits are the end of a phone number, or a
 * house number. A sign that is no letter or digit stands for nothing.
 */
export function find(typed: string, people: readonly Light[], numberOf: (family: string) => string): Light[] {
  const wanted = plain(typed).replace(/\s+/g, " ").replace(/'/g, "");
  if (!/[\p{L}\p{N}]/u.test(wanted)) return [];
  const digits = wanted.replace(/[\s+-]/g, "");
  const rank = /^\d+$/.test(digits) ? byDigits(digits, numberOf) : byName(wanted);
  const found = people.filter(({ listed }) => listed).map((person) => [rank(person), person] as const);
  return found
    .filter(([score]) => score < NOT)
    .sort(([a, one], [b, other]) => a - b || (one.name < other.name ? -1 : one.name > other.name ? 1 : one.id < other.id ? -1 : 1))
    .slice(0, MOST_FOUND)
    .map(([, person]) => person);
}

const NOT = 9;

function byDigits(digits: string, numberOf: (family: string) => string): (person: Light) => number {
  return (person) => {
    const number = person.family === null ? "" : plain(numberOf(person.family));
    if (number === digits) return 0;
    if (digits.length >= 3 && endings(person).some((ending) => ending.endsWith(digits))) return 1;
    return number.startsWith(digits) ? 2 : NOT;
  };
}

function endings({ phone, find: terms }: Light): string[] {
  return [phone.replace(/\D/g, ""), ...terms.split(" ").filter((term) => /^\d{3,}$/.test(term))].filter(Boolean);
}

function byName(wanted: string): (person: Light) => number {
  const pairs = bigrams(wanted.replace(/ /g, ""));
  return (person) => {
    const name = plainName(person);
    const closed = name.replace(/\s/g, "");
    if (name === wanted || closed === wanted.replace(/ /g, "")) return 0;
    if (name.startsWith(wanted) || closed.startsWith(wanted)) return 1;
    if (partsOf(name).some((part) => part.startsWith(wanted))) return 2;
    const terms = person.find.split(" ");
    if (terms.includes(wanted)) return 3;
    if (terms.some((term) => term.startsWith(wanted.replace(/ /g, "")))) return 4;
    return pairs.length && pairs.some((pair) => closed.includes(pair)) ? 5 : NOT;
  };
}

const known = new WeakMap<Light, string>();

/** Worked out once: a search asks for everybody's name with every letter that is typed. */
function plainName(person: Light): string {
  const name = known.get(person) ?? plain(person.name);
  known.set(person, name);
  return name;
}

/** What of a name may be typed alone: every ending of a Chinese name, every later word of another. */
function partsOf(name: string): string[] {
  if (!/\p{Script=Han}/u.test(name)) return name.split(" ").map((_, at, words) => words.slice(at).join(" "));
  const signs = [...name.replace(/\s/g, "")];
  return signs.map((_, at) => signs.slice(at).join(""));
}

function bigrams(text: string): string[] {
  const signs = [...text];
  if (!signs.every((sign) => /\p{Script=Han}/u.test(sign))) return []; // two Latin letters are in nearly every name
  return signs.slice(1).map((sign, at) => (signs[at] ?? "") + sign);
}
