/** Handing the outbox over: in batches, again and again, until the server holds everything (docs/sync.md). */

import type { Network } from "./kit";
import type { Item, Known, Outbox, Told } from "./outbox";

export const MOST_AT_ONCE = 100; // records in one push; the server takes 500
export const LARGEST_PUSH = 4_000_000; // characters of records in one push

export type Outcome =
  | { readonly state: "done" } // nothing is left to send
  | { readonly state: "later"; readonly why: "no_network" | "server" | "not_whole" } // try again after a while
  | { readonly state: "stopped"; readonly why: string }; // the server does not know this device: a person has to see to it

interface PushAnswer {
  readonly epoch: number;
  readonly now: string;
  readonly receipts: readonly Told[];
}

/**
 * Send what is unsent until nothing is left or something stands in the way. Nothing is lost either way. The server is asked
 * at least once, even with nothing to send: only so does a device learn that the store was restored.
 */
export async function sync(outbox: Outbox, network: Network): Promise<Outcome> {
  const asked = new Set<string>();
  let batch: Item[];
  do {
    const before = await outbox.server();
    batch = batchOf((await outbox.unsent()).filter((item) => !asked.has(key(item))));
    const outcome = await push(outbox, network, batch);
    if (outcome) return outcome;
    for (const item of batch) asked.add(key(item));
    const after = await outbox.server();
    if (before && after && after.epoch !== before.epoch) asked.clear(); // another store: all of it once more
    batch = batchOf((await outbox.unsent()).filter((item) => !asked.has(key(item))));
  } while (batch.length);
  await outbox.tidy();
  return (await outbox.unsent()).length ? { state: "later", why: "server" } : { state: "done" };
}

function key(item: Item): string {
  return `${item.id} ${item.sha256}`;
}

function batchOf(unsent: readonly Item[]): Item[] {
  const batch: Item[] = [];
  let size = 0;
  for (const item of unsent) {
    if (batch.length >= MOST_AT_ONCE || (batch.length && size + item.xml.length > LARGEST_PUSH)) break;
    batch.push(item);
    size += item.xml.length;
  }
  return batch;
}

/** One push. Gives an outcome when sending has to end here. */
async function push(outbox: Outbox, network: Network, batch: readonly Item[]): Promise<Outcome | null> {
  const unsent = (await outbox.unsent()).length;
  const body = JSON.stringify({
    entries: batch.map(({ id, xml, sha256 }) => ({ id, xml, sha256 })),
    sent: await outbox.sentEver(),
    unsent: unsent - batch.length,
  });
  let answer;
  try {
    answer = await network.push(body);
  } catch {
    return { state: "later", why: "no_network" };
  }
  if (answer.status === 401) return { state: "stopped", why: "unknown_phone" };
  if (answer.status !== 200) return { state: "later", why: "server" };
  const told = readAnswer(answer.body);
  if (!told) return { state: "later", why: "not_whole" };
  await outbox.answered(told.known, told.receipts);
  return null;
}

function readAnswer(body: string): { known: Known; receipts: readonly Told[] } | null {
  try {
    const told = JSON.parse(body) as PushAnswer;
    const now = Date.parse(told.now);
    if (!Number.isSafeInteger(told.epoch) || Number.isNaN(now) || !Array.isArray(told.receipts)) return null;
    return { known: { epoch: told.epoch, now }, receipts: told.receipts };
  } catch {
    return null; // cut on its way
  }
}
