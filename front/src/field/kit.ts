/** What the client's core is given from outside, so that a seed replays: a disk, a network, a clock. */

/** Keys to text. `write` is whole or not at all, and durable once its promise is kept. */
export interface Disk {
  read(key: string): Promise<string | undefined>;
  /** Every key that begins with `prefix`, in the order of the keys. */
  list(prefix: string): Promise<readonly (readonly [string, string])[]>;
  write(changes: readonly Change[]): Promise<void>;
}

/** A value to put under a key; `null` takes the key away. */
export type Change = readonly [key: string, value: string | null];

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request. @throws when no whole answer came back: what became of it on the other side is then unknown. */
export interface Network {
  push(body: string): Promise<Answer>;
}

/** The device's own time, in milliseconds. It may be wrong by decades; nothing is ever deleted by it. */
export interface Clock {
  now(): number;
}
