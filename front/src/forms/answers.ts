/** From what a person types to what the record holds, and back. Pure. */

import type { TypedQuestion } from "./model";

/** Full-width digits and points, as Chinese keyboards give them, become plain ones. */
export function plainDigits(typed: string): string {
  return typed
    .replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0))
    .replace(/[．。]/g, ".")
    .replace(/[－−]/g, "-")
    .trim();
}

export type NotAnswer = "notWhole" | "notNumber" | "notYear";
export type Read = { readonly text: string } | { readonly wrong: NotAnswer };

const WHOLE = /^-?\d{1,15}$/;
const NUMBER = /^-?(\d{1,15}(\.\d{0,9})?|\.\d{1,9})$/;

/** The text to put in the record for what was typed; '' empties the answer. */
export function read(kind: TypedQuestion["kind"], typed: string, appearances: ReadonlySet<string>): Read {
  switch (kind) {
    case "integer":
      return number(typed, WHOLE, "notWhole");
    case "decimal":
      return number(typed, NUMBER, "notNumber");
    case "date":
      return day(typed, appearances);
    case "time":
      return { text: typed && `${withSeconds(typed)}${offset(new Date())}` };
    case "dateTime":
      return { text: typed && `${withSeconds(typed)}${offset(new Date(typed))}` };
    default:
      return { text: typed };
  }
}

function number(typed: string, shape: RegExp, wrong: NotAnswer): Read {
  const plain = plainDigits(typed);
  if (plain === "") return { text: "" };
  return shape.test(plain) ? { text: plain.replace(/\.$/, "").replace(/^(-?)\./, "$10.") } : { wrong };
}

function day(typed: string, appearances: ReadonlySet<string>): Read {
  const plain = plainDigits(typed);
  if (plain === "") return { text: "" };
  if (appearances.has("year")) return /^[12]\d{3}$/.test(plain) ? { text: `${plain}-01-01` } : { wrong: "notYear" };
  return { text: appearances.has("month-year") ? `${plain}-01` : plain };
}

/** What the input shows for an answer of the record. */
export function shown(kind: TypedQuestion["kind"], text: string, appearances: ReadonlySet<string>): string {
  if (kind === "time") return text.slice(0, 5);
  if (kind === "dateTime") return text.slice(0, 16);
  if (kind === "date" && appearances.has("year")) return text.slice(0, 4);
  if (kind === "date" && appearances.has("month-year")) return text.slice(0, 7);
  return text;
}

/** '10:30' → '10:30:00.000' */
function withSeconds(typed: string): string {
  const [, ...rest] = typed.split(":");
  return rest.length > 1 ? typed : `${typed}:00.000`;
}

/** The clock's distance from UTC on that day: '+08:00'. */
function offset(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const two = (n: number) => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}

/** A size in words: 5242880 → '5 MB'. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${Math.round((bytes / 1024 / 1024) * 10) / 10} MB`;
}
