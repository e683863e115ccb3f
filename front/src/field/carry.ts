/** Bringing photos to the server once their records are there. */

import type { Carrier, Files } from "./files";
import type { Outbox } from "./outbox";
import type { Outcome } from "./sync";

/** Send what the server does not hold of the photos of records it holds, and let go of those whose records are not kept any more. */
export async function carry(outbox: Outbox, files: Files, carrier: Carrier): Promise<Outcome> {
  const known = await outbox.server();
  if (!known) return { state: "done" };
  const waiting = new Set((await outbox.unsent()).map(({ id }) => id));
  const there = async (entry: string) => (await outbox.item(entry)) !== undefined;
  try {
    const all = await files.send(carrier, known.epoch, async (entry) => !waiting.has(entry) && (await there(entry)));
    await files.tidy(there);
    return all ? { state: "done" } : { state: "later", why: "server" };
  } catch {
    return { state: "later", why: "no_network" };
  }
}
