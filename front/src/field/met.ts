/** Planned visits on a day, from the windows the server sent: how each stands, which are met by records of this phone. Pure. */

import type { Visit } from "./pulled";
import type { About } from "./written";

export const SOON_DAYS = 7;
export const COMING_DAYS = 28;

export type Window = Pick<Visit, "from" | "due" | "until" | "ends" | "recurring"> & { readonly met?: string | null };
export type State = "coming" | "due_soon" | "open" | "overdue" | "missed" | "met" | "unknown";
export type Section = "overdue" | "now" | "coming";
export const SECTIONS: readonly Section[] = ["overdue", "now", "coming"];

const DAY = 86_400_000;

function numberOf(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / DAY;
}

/** `day` and so many days more, as YYYY-MM-DD. */
export function plusDays(day: string, days: number): string {
  return new Date((numberOf(day) + days) * DAY).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return numberOf(to) - numberOf(from);
}

/** How a window stands on a day: `state_on` of the server. */
export function stateOn(window: Window, day: string): State {
  if (window.met) return "met";
  if (window.ends !== null && day >= window.ends) return "missed";
  const { from, due, until } = window;
  if (from === null && due === null && until === null) return "unknown";
  if (until !== null && day > until) return window.recurring ? "overdue" : "missed";
  if (due !== null && day > due) return "overdue";
  const first = from ?? due;
  if (first !== null && day < first) return daysBetween(day, first) <= SOON_DAYS ? "due_soon" : "coming";
  return "open";
}

/** Under which heading of Today a visit stands, or none. */
export function sectionOn(window: Window, day: string): Section | null {
  switch (stateOn(window, day)) {
    case "overdue":
      return "overdue";
    case "open":
    case "due_soon":
    case "unknown":
      return "now";
    case "coming":
      return daysBetween(day, window.from ?? window.due ?? day) > COMING_DAYS ? null : "coming";
    default:
      return null;
  }
}

type Ordered = Pick<Visit, "from" | "due" | "until" | "priority" | "key">;

/** The order inside a heading: the nearest day first, what is offered without a last day after what has its day. */
export function byUrgency(a: Ordered, b: Ordered): number {
  const endless = (visit: Ordered) => (visit.due === null && visit.until === null ? 1 : 0);
  const by = (visit: Ordered) => visit.due ?? visit.until ?? visit.from ?? "";
  return (
    endless(a) - endless(b) || compare(by(a), by(b)) || b.priority - a.priority || compare(a.key, b.key)
  );
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export type Settled = Pick<Visit, "key" | "pack" | "contact" | "from" | "until" | "ends" | "due" | "recurring">;
type Record = Pick<About, "on" | "meets">;

/**
 * Which open visits of one person these records of the phone meet: by form and day alone, as the server does it for forms it
 * says so of. Records come in the order of entries. Each meets, of each programme, the first visit whose window holds its day
 * (earliest end, then earliest beginning, then name), and what comes back again and again whenever it is written.
 */
export function settle<R extends Record>(visits: readonly Settled[], records: readonly R[]): Map<string, R> {
  const met = new Map<string, R>();
  const waiting = [...visits].sort(byPreference);
  for (const record of records) {
    const packs = new Set<string>();
    for (const visit of waiting) {
      if (met.has(visit.key) || !record.meets.includes(`${visit.pack}/${visit.contact}`)) continue;
      if (visit.recurring) met.set(visit.key, record);
      else if (!packs.has(visit.pack) && holds(visit, record.on)) {
        met.set(visit.key, record);
        packs.add(visit.pack);
      }
    }
  }
  return met;
}

function byPreference(a: Settled, b: Settled): number {
  return compare(a.until ?? "9999", b.until ?? "9999") || compare(a.from ?? "", b.from ?? "") || compare(a.contact, b.contact) || compare(a.key, b.key);
}

/** A visit of which nothing is known yet is met by nothing: what it waits for may move it anywhere. */
function holds(visit: Settled, on: string): boolean {
  if (visit.from === null && visit.due === null && visit.until === null) return false;
  if (visit.ends !== null && on > visit.ends) return false;
  return (visit.from === null || on >= visit.from) && (visit.until === null || on <= visit.until);
}
