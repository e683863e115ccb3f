/** The pages of the phone. */

import type { Disk } from "../field/kit";
import type { Receiver, Rooms } from "./rooms";

/** What was pulled, on this disk. */
export function openReplica(disk: Disk): Receiver {
  return {
    since: async () => (await disk.read("pull")) ?? "",
    apply: (pulled) => disk.write([["pull", pulled.since]]),
    missing: () => Promise.resolve([]),
    keep: () => Promise.resolve(),
    forget: () => disk.write([["pull", null]]),
  };
}

/** Show the pages in `host`. Gives what takes them down. */
export function startPages(host: HTMLElement, rooms: Rooms): () => void {
  void rooms;
  host.replaceChildren();
  return () => host.replaceChildren();
}
