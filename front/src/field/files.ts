/**
 * Photos of records, sealed in pieces, until the server holds them and for as long as their record is kept.
 *
 * Sending goes on where it ended: the server is asked how much it has. A file is held by the server only of the epoch that said
 * so: after a restore it is sent again.
 */

import type { Answer, Change, Disk } from "./kit";

type Bytes = Uint8Array<ArrayBuffer>;

export const LARGEST = 5_000_000; // the server takes no more
const PIECE = 256 * 1024;
const AT_ONCE = 512 * 1024; // sent in one request; the server takes 1 MB
const FILE = "files/";
const BYTES = "filebytes/";

export interface Held {
  readonly entry: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly epoch: number | null; // of the store that holds it
  readonly refused: boolean; // the record does not name it, or it is too large: kept here, not sent again
}

export class TooLarge extends Error {}

/** How many bytes lie together on the disk, and how many are sent at once. */
export interface Sizes {
  readonly piece: number;
  readonly atOnce: number;
}

/** What sending files asks the server. @throws when no whole answer came back. */
export interface Carrier {
  held(entry: string, name: string): Promise<Answer>;
  send(file: Held, from: number, bytes: Bytes): Promise<Answer>;
}

export class Files {
  constructor(
    private readonly disk: Disk,
    private readonly hash: (bytes: Uint8Array) => Promise<string>,
    private readonly sizes: Sizes = { piece: PIECE, atOnce: AT_ONCE },
  ) {}

  /** Durable once the promise is kept. @throws TooLarge */
  async add(entry: string, name: string, file: Blob): Promise<void> {
    if (file.size > LARGEST) throw new TooLarge(name);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const held: Held = { entry, name, type: file.type, size: bytes.length, sha256: await this.hash(bytes), epoch: null, refused: false };
    const changes: Change[] = [[keyOf(held), JSON.stringify(held)]];
    const { piece } = this.sizes;
    for (let at = 0; at * piece < bytes.length; at++) changes.push([pieceOf(held, at), packed(bytes.subarray(at * piece, (at + 1) * piece))]);
    await this.disk.write(changes);
  }

  async get(entry: string, name: string): Promise<Blob | null> {
    const text = await this.disk.read(keyOf({ entry, name }));
    if (text === undefined) return null;
    const held = JSON.parse(text) as Held;
    return new Blob([await this.bytes(held, 0, held.size)], { type: held.type });
  }

  async names(entry: string): Promise<readonly string[]> {
    return (await this.all()).filter((file) => file.entry === entry).map((file) => file.name);
  }

  async all(): Promise<readonly Held[]> {
    return (await this.disk.list(FILE)).map(([, text]) => JSON.parse(text) as Held);
  }

  /** What the server of this epoch is not known to hold. */
  async unsent(epoch: number): Promise<readonly Held[]> {
    return (await this.all()).filter((file) => file.epoch !== epoch && !file.refused);
  }

  /** Send what is unsent, of records the server holds already (`sent`). Gives whether nothing stood in the way. */
  async send(carrier: Carrier, epoch: number, sent: (entry: string) => Promise<boolean>): Promise<boolean> {
    for (const file of await this.unsent(epoch)) {
      if ((await sent(file.entry)) && !(await this.sendOne(file, carrier, epoch))) return false;
    }
    return true;
  }

  /** Take away the files of records that were erased, sent or not. */
  async drop(entries: readonly string[]): Promise<void> {
    for (const file of await this.all()) if (entries.includes(file.entry)) await this.disk.write(this.goneOf(file));
  }

  /** Take away the files of records that are not kept any more. */
  async tidy(kept: (entry: string) => Promise<boolean>): Promise<void> {
    for (const file of await this.all()) {
      if (file.epoch === null || (await kept(file.entry))) continue;
      await this.disk.write(this.goneOf(file));
    }
  }

  private async sendOne(file: Held, carrier: Carrier, epoch: number): Promise<boolean> {
    const first = told(await carrier.held(file.entry, file.name));
    if (first === null) return false;
    let { have, done } = first;
    let again = 1; // bytes that came in wrong are thrown away there, and sent once more from the beginning
    while (!done) {
      const answer = await carrier.send(file, have, await this.bytes(file, have, have + this.sizes.atOnce));
      if (answer.status === 404 || answer.status === 413) return this.note({ ...file, refused: true });
      if (answer.status === 400 && again--) {
        have = 0;
        continue;
      }
      const next = told(answer, 409);
      if (next === null || (next.have === have && !next.done && answer.status !== 409)) return false;
      ({ have, done } = next);
    }
    return this.note({ ...file, epoch });
  }

  private async note(file: Held): Promise<true> {
    await this.disk.write([[keyOf(file), JSON.stringify(file)]]);
    return true;
  }

  private async bytes(file: Held, from: number, to: number): Promise<Bytes> {
    const parts: Bytes[] = [];
    const { piece } = this.sizes;
    const first = Math.floor(from / piece);
    for (let at = first; at * piece < Math.min(to, file.size); at++) {
      parts.push(unpacked((await this.disk.read(pieceOf(file, at))) ?? ""));
    }
    return joined(...parts).slice(from - first * piece, Math.min(to, file.size) - first * piece);
  }

  private goneOf(file: Held): Change[] {
    const pieces = Array.from({ length: Math.ceil(file.size / this.sizes.piece) }, (_, at) => [pieceOf(file, at), null] as const);
    return [[keyOf(file), null], ...pieces];
  }
}

function told(answer: Answer, also = 200): { have: number; done: boolean } | null {
  if (answer.status !== 200 && answer.status !== 201 && answer.status !== also) return null;
  try {
    const said = JSON.parse(answer.body) as { have: number; done?: boolean };
    return Number.isSafeInteger(said.have) ? { have: said.have, done: said.done ?? false } : null;
  } catch {
    return null; // cut on its way
  }
}

function keyOf({ entry, name }: Pick<Held, "entry" | "name">): string {
  return `${FILE}${entry} ${name}`;
}

function pieceOf({ entry, name }: Held, at: number): string {
  return `${BYTES}${at} ${entry} ${name}`;
}

/** Bytes as text, as rows of the disk are. */
export function packed(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

export function unpacked(text: string): Bytes {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) bytes[at] = letters.charCodeAt(at);
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
