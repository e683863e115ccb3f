/** A world that does to devices what the world does: a seed decides, so that whatever went wrong can be seen again. */

import type { Held } from "../src/field/files";
import type { Answer, Change, Clock, Disk, Network } from "../src/field/kit";

/** mulberry32: small, fast, and the same everywhere. */
export class Chance {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from 0 to `below` - 1. */
  whole(below: number): number {
    return Math.floor(this.next() * below);
  }

  is(share: number): boolean {
    return this.next() < share;
  }

  one<T>(of: readonly T[]): T {
    return of[this.whole(of.length)] as T;
  }
}

export class Crash extends Error {}

/**
 * A disk that survives crashes: a write is there as a whole or not at all, and a crash may come before or after it. After one the
 * app is dead and reaches nothing until it is started anew, whatever it made of the error.
 */
export class SimDisk implements Disk {
  private rows = new Map<string, string>();
  private unsafe: (readonly Change[])[] = []; // written but not yet durable, for the control that must fail
  crashing = 0; // share of writes that end in a crash
  fallen = false;

  constructor(private readonly chance: Chance, private readonly forgetful = false) {}

  async read(key: string): Promise<string | undefined> {
    this.alive();
    return this.rows.get(key);
  }

  async list(prefix: string): Promise<readonly (readonly [string, string])[]> {
    this.alive();
    return [...this.rows].filter(([key]) => key.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  async write(changes: readonly Change[]): Promise<void> {
    this.alive();
    this.mayFall();
    if (this.forgetful) this.unsafe.push(changes.map(([key]) => [key, this.rows.get(key) ?? null] as const));
    for (const [key, value] of changes) {
      if (value === null) this.rows.delete(key);
      else this.rows.set(key, value);
    }
    this.mayFall();
  }

  private mayFall(): void {
    this.fallen = this.crashing > 0 && this.chance.is(this.crashing);
    this.alive();
  }

  private alive(): void {
    if (this.fallen) throw new Crash();
  }

  /** The power goes. A disk that was told not to wait for its writes loses the last of them. */
  powerLoss(): void {
    const lost = this.unsafe.splice(Math.max(0, this.unsafe.length - 3)).reverse();
    for (const undone of lost) {
      for (const [key, value] of undone) {
        if (value === null) this.rows.delete(key);
        else this.rows.set(key, value);
      }
    }
    this.unsafe = [];
    this.fallen = false;
  }
}

export class SimClock implements Clock {
  constructor(private readonly chance: Chance) {}
  skew = 0;

  now(): number {
    return 1_790_000_000_000 + this.skew + this.chance.whole(1000);
  }
}

/** What the server does with one question of a device. */
export interface Server {
  push(token: string, body: string): Promise<Answer>;
  pull(token: string, since: string): Promise<Answer>;
  file(token: string, piece: Piece): Promise<Answer>;
}

/** A piece of a record's file, of plain letters. */
export interface Piece {
  readonly entry: string;
  readonly name: string;
  readonly from: number; // -1: only asked how much is there
  readonly size: number;
  readonly sha256: string;
  readonly bytes: string;
}

/** A network that loses, doubles, cuts and delays; what was delayed comes to the server later, and nobody hears of it. */
export class SimNetwork implements Network {
  trouble = 0;

  constructor(
    private readonly token: string,
    private readonly server: Server,
    private readonly chance: Chance,
    private readonly late: (() => Promise<unknown>)[],
  ) {}

  async push(body: string): Promise<Answer> {
    if (this.bad()) return await this.server.push(this.token, body.slice(0, this.chance.whole(body.length)));
    return this.through(() => this.server.push(this.token, body));
  }

  async pull(since: string): Promise<Answer> {
    return this.through(() => this.server.pull(this.token, since));
  }

  async held(entry: string, name: string): Promise<Answer> {
    return this.through(() => this.server.file(this.token, { entry, name, from: -1, size: 0, sha256: "", bytes: "" }));
  }

  /** Fewer bytes than were sent may come, as if the phone had sent no more. */
  async send({ entry, name, size, sha256 }: Held, from: number, content: Uint8Array): Promise<Answer> {
    const come = this.bad() ? content.subarray(0, this.chance.whole(content.length)) : content;
    const piece = { entry, name, from, size, sha256, bytes: String.fromCharCode(...come) };
    return this.through(() => this.server.file(this.token, piece));
  }

  private bad(): boolean {
    return this.trouble > 0 && this.chance.is(this.trouble);
  }

  private async through(serve: () => Promise<Answer>): Promise<Answer> {
    if (this.bad()) throw new Error("lost on its way there");
    if (this.bad()) {
      this.late.push(serve);
      throw new Error("still on its way");
    }
    const answer = await serve();
    if (this.bad()) await serve();
    if (this.bad()) this.late.push(serve);
    if (this.bad()) throw new Error("lost on its way back");
    if (this.bad()) return { status: answer.status, body: answer.body.slice(0, this.chance.whole(answer.body.length)) };
    return answer;
  }
}
