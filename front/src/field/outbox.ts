/**
 * The outbox: every record written on this device, until the server holds it and for five weeks more.
 *
 * A record is saved once `add` is kept. It counts as handed over only for the epoch of the store that gave its receipt: a store
 * restored from a backup has another epoch, and everything this device still holds is sent to it again. Nothing without a
 * receipt of the present epoch is ever deleted, whatever the clock says: days are counted by the server's time alone.
 */

import type { Change, Clock, Disk } from "./kit";
import type { About } from "./written";

export type Result = "applied" | "review" | "quarantined" | "not_kept";
const RESULTS: ReadonlySet<string> = new Set<Result>(["applied", "review", "quarantined", "not_kept"]);

export interface Why {
  readonly code: string;
  readonly text: string;
}

/** What the server said of a record. `at`: the server's time. */
export interface Receipt {
  readonly epoch: number;
  readonly result: Result;
  readonly seq: number | null;
  readonly why: Why | null;
  readonly at: number;
}

export interface Item {
  readonly id: string;
  readonly xml: string;
  readonly sha256: string;
  readonly order: number; // in which it was written here
  readonly writtenAt: number; // by this device's clock: shown, never decided by
  readonly receipt: Receipt | null;
  readonly about?: About; // what this device's own pages know of it; never sent
}

/** What is saved together with a record: what the pages know of it, and changes that count only once it is saved. */
export interface Along {
  readonly about?: About;
  readonly also?: readonly Change[];
}

/** What the server is known to be: `now` is the latest time it told. */
export interface Known {
  readonly epoch: number;
  readonly now: number;
}

export interface Told {
  readonly id: string;
  readonly sha256: string;
  readonly result: string;
  readonly seq: number | null;
  readonly why: Why | null;
}

const ITEM = "outbox/";
const KNOWN = "server";
const COUNT = "outbox-count";
const GONE = "erased/"; // records of which no copy may stay, until their photos are gone too
const ERASED = "intake.erased";
export const KEPT_DAYS = 35;
const DAY = 86_400_000;

export class OtherContent extends Error {}

export class Outbox {
  constructor(
    private readonly disk: Disk,
    private readonly clock: Clock,
    private readonly hash: (text: string) => Promise<string>,
  ) {}

  /**
   * Save a record. When this promise is kept it is on the disk; saving the same again changes nothing.
   * @throws OtherContent when another record stands under this id; whatever the disk throws: then it is not saved.
   */
  async add(id: string, xml: string, { about, also = [] }: Along = {}): Promise<void> {
    const sha256 = await this.hash(xml);
    const had = await this.item(id);
    if (had) {
      if (had.sha256 !== sha256) throw new OtherContent(id);
      if (also.length) await this.disk.write(also);
      return;
    }
    const order = (await this.written()) + 1;
    const item: Item = { id, xml, sha256, order, writtenAt: this.clock.now(), receipt: null, ...(about ? { about } : {}) };
    await this.disk.write([[ITEM + id, JSON.stringify(item)], [COUNT, String(order)], ...also]);
  }

  async item(id: string): Promise<Item | undefined> {
    const text = await this.disk.read(ITEM + id);
    return text === undefined ? undefined : (JSON.parse(text) as Item);
  }

  /** Everything held, in the order in which it was written. */
  async all(): Promise<Item[]> {
    const rows = await this.disk.list(ITEM);
    return rows.map(([, text]) => JSON.parse(text) as Item).sort((a, b) => a.order - b.order);
  }

  async server(): Promise<Known | null> {
    const text = await this.disk.read(KNOWN);
    return text === undefined ? null : (JSON.parse(text) as Known);
  }

  /** What the server is not known to hold, in the order in which it was written. */
  async unsent(): Promise<Item[]> {
    const known = await this.server();
    return (await this.all()).filter((item) => !isHeld(item, known));
  }

  /** How many records this device ever handed over, for the supervisor's screen. */
  async sentEver(): Promise<number> {
    return (await this.written()) - (await this.unsent()).length;
  }

  /** How many records were ever written here. */
  async written(): Promise<number> {
    return Number((await this.disk.read(COUNT)) ?? "0");
  }

  /**
   * Write down what the server said, all of it at once. A receipt counts only for the very bytes that are held here; one for
   * anything else is left alone.
   */
  async answered(known: Known, receipts: readonly Told[]): Promise<void> {
    const before = await this.server();
    const now = before && before.epoch === known.epoch ? Math.max(before.now, known.now) : known.now;
    const changes: Change[] = [[KNOWN, JSON.stringify({ epoch: known.epoch, now })]];
    for (const told of receipts) {
      const item = await this.item(told.id);
      if (!item || item.sha256 !== told.sha256 || !RESULTS.has(told.result)) continue;
      const receipt: Receipt = {
        epoch: known.epoch, result: told.result as Result, seq: told.seq, why: told.why, at: known.now,
      };
      changes.push(...(told.why?.code === ERASED ? goneOf(item) : [[ITEM + item.id, JSON.stringify({ ...item, receipt })] as const]));
    }
    await this.disk.write(changes);
  }

  /** Delete every record with one of these marks, sent or not: the person asked for it. Gives how many. */
  async erase(marks: readonly string[]): Promise<number> {
    const wanted = new Set(marks);
    if (!wanted.size) return 0;
    const items = await this.all();
    const own = await Promise.all(items.map(({ id }) => this.hash(id.replace(/^uuid:/, ""))));
    const gone = items.filter((_, at) => wanted.has(own[at] as string));
    if (gone.length) await this.disk.write(gone.flatMap(goneOf));
    return gone.length;
  }

  /** The records erased here whose photos were not seen to yet. */
  async erased(): Promise<readonly string[]> {
    return (await this.disk.list(GONE)).map(([, id]) => id);
  }

  /** Their photos are gone. */
  async seenTo(ids: readonly string[]): Promise<void> {
    if (ids.length) await this.disk.write(ids.map((id) => [GONE + id, null] as const));
  }

  /** Delete what the server of the present epoch has held for more than `KEPT_DAYS` of its own days. Gives how many. */
  async tidy(): Promise<number> {
    const known = await this.server();
    if (!known) return 0;
    const old = (await this.all()).filter(
      (item) => isHeld(item, known) && known.now - (item.receipt?.at ?? known.now) > KEPT_DAYS * DAY,
    );
    if (old.length) await this.disk.write(old.map((item) => [ITEM + item.id, null] as const));
    return old.length;
  }
}

function goneOf({ id }: Item): Change[] {
  return [[ITEM + id, null], [GONE + id, id]];
}

/** Whether the server, as it is known, holds an item. */
export function isHeld(item: Item, known: Known | null): boolean {
  return item.receipt !== null && known !== null && item.receipt.epoch === known.epoch;
}
