/** What was written on this phone and the server's answer does not yet show: laid over what was pulled. Pure. */

import type { Item, Known, Why } from "./outbox";
import { isHeld } from "./outbox";
import type { Words } from "./pulled";
import type { Heard } from "./replica";

/** What this phone's own pages know of a record: whom it is about and what it says of people and families. */
export interface About {
  readonly form: string;
  readonly version: string;
  readonly title: Words;
  readonly service: string;
  readonly on: string; // the day it happened
  readonly person: string; // '' when about nobody known
  readonly family: string;
  readonly meets: readonly string[]; // planned visits its form meets
  readonly says: readonly Says[];
  readonly ends: string; // a service that ends by it
  readonly corrects: string; // instanceID of the record it corrects
  readonly lines: readonly (readonly [question: string, answer: string])[];
}

/** What a record says of one person or family. */
export interface Says {
  readonly list: string; // 'person' or 'household'
  readonly id: string;
  readonly creates: boolean;
  readonly label: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** `unsent`: on this phone alone. `sent`: the server holds it, but has not told what follows yet. */
export type Stands = "unsent" | "sent" | "applied" | "review" | "quarantined" | "not_kept";

export interface Mine {
  readonly id: string;
  readonly order: number;
  readonly writtenAt: number;
  readonly about: About | null; // null for a record another version of the app wrote
  readonly stands: Stands;
  readonly seq: number | null;
  readonly why: Why | null;
  readonly counts: boolean; // laid over what was pulled: the server's own answer does not show it yet
  readonly corrected: boolean; // a later one of this phone replaces it
}

/** Everything this phone holds of its own records, in the order in which they were written. */
export function mineOf(items: readonly Item[], known: Known | null, heard: Pick<Heard, "now" | "epoch">): Mine[] {
  const corrected = new Set(items.map((item) => item.about?.corrects ?? "").filter(Boolean));
  return [...items].sort((a, b) => a.order - b.order).map((item) => {
    const held = isHeld(item, known) ? item.receipt : null;
    const shown = held !== null && heard.epoch === held.epoch && heard.now >= held.at;
    return {
      id: item.id, order: item.order, writtenAt: item.writtenAt, about: item.about ?? null,
      stands: held === null ? "unsent" : held.result === "applied" && !shown ? "sent" : held.result,
      seq: held?.seq ?? null, why: held?.why ?? null,
      counts: !shown && (held === null || held.result === "applied"), corrected: corrected.has(item.id),
    };
  });
}

/** Those that lie over what was pulled, in the order of entries: by day, then as they were written. */
export function overlaid(mine: readonly Mine[]): (Mine & { about: About })[] {
  return mine
    .filter((one): one is Mine & { about: About } => one.counts && !one.corrected && one.about !== null)
    .sort((a, b) => (a.about.on < b.about.on ? -1 : a.about.on > b.about.on ? 1 : a.order - b.order));
}

/**
 * What this phone's records say of the items of a list, the later ones over the earlier ones. Somebody registered here stays
 * as long as the server did not take her in, also when her record waits to be looked at.
 */
export function saidOf(list: string, mine: readonly Mine[]): Map<string, Says> {
  const found = new Map<string, Says>();
  const waiting = (one: Mine) => one.stands === "review" || one.stands === "quarantined";
  for (const one of mine) {
    if (one.corrected || !one.about) continue;
    for (const says of one.about.says) {
      if (says.list !== list || !(one.counts || (waiting(one) && says.creates))) continue;
      const before = found.get(says.id);
      found.set(says.id, {
        ...says, creates: says.creates || (before?.creates ?? false), label: says.label || (before?.label ?? ""),
        properties: { ...before?.properties, ...says.properties },
      });
    }
  }
  return found;
}
