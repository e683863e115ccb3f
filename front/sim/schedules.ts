/**
 * Random schedules of devices and a real server: writes, photos, crashes, lost and doubled messages, restores, power failing at the
 * server, phones taken back and signed out, workers given another role or covered for by another until a day, until it is ended,
 * or for good, people said to be one or two, days passing.
 *
 * It talks to the server's own code in the process that started it, by lines of JSON: `{"do": "push", "token", "body"}` is
 * answered by `{"status", "body"}`, and so on. The last line is the count of what was lost, doubled and altered, and of phones that
 * in the end held other people than a new phone would.
 */

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import { carry } from "../src/field/carry";
import { Files } from "../src/field/files";
import type { Answer } from "../src/field/kit";
import { Outbox } from "../src/field/outbox";
import { fetchNew } from "../src/field/fetch";
import type { Person } from "../src/field/pulled";
import { Replica } from "../src/field/replica";
import { sync } from "../src/field/sync";
import { Chance, Crash, type Piece, SimClock, SimDisk, SimNetwork } from "./world";

export interface Setting {
  readonly seed: number;
  readonly count: number;
  readonly tokens: readonly string[];
  readonly form: string;
  readonly version: string;
  readonly control: "" | "forgets" | "deletes_early" | "marks_unsent" | "unsynced";
  /** Records that say something of a person, as XML with {instance}, {person} and {said} to be filled in. */
  readonly templates: readonly string[];
  readonly people: readonly string[];
}

const PHOTO = "yard.jpg";
const SIZES = { piece: 50, atOnce: 60 }; // bytes of a photo: small, so that it goes in several pieces
const MOST_DAYS = 30; // that pass in a schedule; after five weeks phones let go of what they handed over
const COMPARED = 4; // devices of a schedule that are compared with new ones in the end

interface Found {
  lost: number;
  doubled: number;
  altered: number;
  records: number;
  crashes: number;
  restores: number;
  pushes: number;
  differing: number;
  pulls: number;
  people: number; // on the phones that were compared with new ones in the end
  stale: number; // phones that in the end held other people than a new phone would
  photos: number;
  torn: number; // photos whose bytes at the server are not those that were saved
  missing: number; // photos the server does not have though their phone thinks so
  unsound: number; // rows worked out from records that are not what working out all of them anew gives
  merges: number; // people said to be one, or two after all
  covers: number; // begun
  ended: number; // covers that were ended by a word
  days: number;
}

const hashed = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");
const hash = (text: string) => Promise.resolve(hashed(text));
const hashOf = (bytes: Uint8Array) => Promise.resolve(createHash("sha256").update(bytes).digest("hex"));
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function ask<T>(what: object): Promise<T> {
  process.stdout.write(JSON.stringify(what) + "\n");
  const { value } = await lines.next();
  return JSON.parse(value as string) as T;
}

interface Device {
  readonly token: string;
  readonly disk: SimDisk;
  readonly clock: SimClock;
  readonly network: SimNetwork;
  outbox: Outbox;
  replica: Replica;
  files: Files;
  carried: boolean; // whether in the end it thinks the server has all its photos
}

class Schedule {
  private readonly chance: Chance;
  private readonly devices: Device[] = [];
  private readonly late: (() => Promise<unknown>)[] = [];
  private readonly saved = new Map<string, string>(); // what a worker was told is saved: id → SHA-256
  private readonly pictures = new Map<string, { whole: string; on: Device }>(); // photos of records a worker was told are saved
  private written = 0;
  private passed = 0; // days

  constructor(private readonly setting: Setting, private readonly number: number, private readonly found: Found) {
    this.chance = new Chance(setting.seed * 1_000_003 + number);
    const many = 3 + this.chance.whole(Math.min(18, setting.tokens.length - 2));
    for (const token of setting.tokens.slice(0, many)) this.devices.push(this.device(token));
  }

  private device(token: string): Device {
    const disk = new SimDisk(this.chance, this.setting.control === "forgets");
    const clock = new SimClock(this.chance);
    const server = {
      push: (key: string, body: string) => {
        this.found.pushes += 1;
        return ask<Answer>({ do: "push", token: key, body });
      },
      pull: (key: string, since: string) => {
        this.found.pulls += 1;
        return ask<Answer>({ do: "pull", token: key, since });
      },
      file: (key: string, piece: Piece) => ask<Answer>({ do: "file", token: key, ...piece }),
    };
    const network = new SimNetwork(token, server, this.chance, this.late);
    const opened = { outbox: this.open(disk, clock), replica: new Replica(disk, clock), files: new Files(disk, hashOf, SIZES) };
    return { token, disk, clock, network, ...opened, carried: false };
  }

  private open(disk: SimDisk, clock: SimClock): Outbox {
    const outbox = new Outbox(disk, clock, hash);
    if (this.setting.control === "deletes_early") {
      const unsent = outbox.unsent.bind(outbox);
      outbox.unsent = async () => {
        const items = await unsent();
        await disk.write(items.map((item) => [`outbox/${item.id}`, null] as const));
        return items;
      };
    }
    if (this.setting.control === "marks_unsent") {
      const unsent = outbox.unsent.bind(outbox);
      outbox.unsent = async () => {
        const items = await unsent();
        const mark = Number((await disk.read("checkpoint")) ?? "0");
        await disk.write([["checkpoint", String(Math.max(mark, ...items.map((item) => item.order)))]]);
        return items.filter((item) => item.order > mark);
      };
    }
    return outbox;
  }

  async run(): Promise<string> {
    await ask({ do: "begin", schedule: this.number });
    const steps = 20 + this.chance.whole(60);
    for (let step = 0; step < steps; step++) await this.step();
    await this.heal();
    return await this.judge();
  }

  private async step(): Promise<void> {
    const device = this.chance.one(this.devices);
    device.disk.crashing = this.chance.is(0.3) ? 0.1 : 0;
    device.network.trouble = this.chance.is(0.7) ? 0.15 : 0;
    const what = this.chance.next();
    if (what < 0.4) await this.write(device);
    else if (what < 0.74) await this.survive(device, () => this.exchange(device));
    else if (what < 0.78) this.crash(device);
    else if (what < 0.82) await ask({ do: "power", keeps_log: this.setting.control !== "unsynced" });
    else if (what < 0.84) device.clock.skew = (this.chance.next() - 0.5) * 40 * 365 * 86_400_000;
    else if (what < 0.87) await ask({ do: "backup" });
    else if (what < 0.895) await this.restore();
    else if (what < 0.905) await ask({ do: "take_back", token: device.token });
    else if (what < 0.91) await ask({ do: "sign_out", token: device.token });
    else if (what < 0.915) await ask({ do: "role", token: device.token, fills: this.chance.is(0.5) });
    else if (what < 0.935) await this.same();
    else if (what < 0.96) await this.cover(device);
    else if (what < 0.97) await this.endCover();
    else if (what < 0.98) await this.daysPass();
    else if (this.late.length) await this.late.splice(this.chance.whole(this.late.length), 1)[0]?.();
  }

  /** As the app exchanges: records, what is new, photos. */
  private async exchange(device: Device): Promise<void> {
    const sent = await sync(device.outbox, device.network);
    if (sent.state !== "stopped" && !this.setting.control) await fetchNew(device.replica, device.network);
    if (sent.state !== "later" || sent.why !== "no_network") await carry(device.outbox, device.files, device.network);
    if (device.disk.fallen) throw new Crash();
  }

  /** Somebody at the desk says that two of one village are one person, or two. */
  private async same(): Promise<void> {
    const { people } = this.setting;
    const kept = this.chance.whole(people.length);
    const other = (kept + 2 * (1 + this.chance.whole(people.length / 2 - 1))) % people.length; // every second lives there too
    const id = `uuid:${this.setting.seed}-${this.number}-same-${++this.written}`;
    await ask({ do: "same", id, kept: people[kept], other: people[other], yes: this.chance.is(0.7) });
    this.found.merges += 1;
  }

  /** From today, or from some days ago, somebody else does this worker's work: until a day, or for good. */
  private async cover(device: Device): Promise<void> {
    const days = this.chance.is(0.7) ? this.chance.whole(8) : null;
    const by = this.chance.one(this.devices).token;
    const { done } = await ask<{ done: boolean }>({ do: "cover", token: device.token, by, days, back: this.chance.whole(5) });
    if (done) this.found.covers += 1;
  }

  private async endCover(): Promise<void> {
    const { done } = await ask<{ done: boolean }>({ do: "end_cover", which: this.chance.whole(100) });
    if (done) this.found.ended += 1;
  }

  private async daysPass(): Promise<void> {
    const days = Math.min(1 + this.chance.whole(9), MOST_DAYS - this.passed);
    this.passed += days;
    this.found.days += days;
    await ask({ do: "days", days: this.passed });
  }

  private async restore(): Promise<void> {
    const { done } = await ask<{ done: boolean }>({ do: "restore" });
    if (done) this.found.restores += 1;
  }

  private async write(device: Device): Promise<void> {
    const id = `uuid:${this.setting.seed}-${this.number}-${++this.written}`;
    const said = String(this.chance.whole(1_000_000)).padStart(6, "0");
    const photo = this.chance.is(0.15) ? "0123456789".repeat(4 + this.chance.whole(12)) + said : "";
    const xml = this.chance.is(0.3) && !photo ? this.aboutSomebody(id, said) : this.seen(id, said, photo);
    const kept = await this.survive(device, async () => {
      if (photo) await device.files.add(id, PHOTO, new Blob([photo], { type: "image/jpeg" }));
      await device.outbox.add(id, xml);
    });
    if (kept) {
      this.saved.set(id, await hash(xml));
      this.found.records += 1;
      if (photo) {
        this.pictures.set(id, { whole: photo, on: device });
        this.found.photos += 1;
      }
    }
  }

  private seen(id: string, said: string, photo: string): string {
    const note = "走".repeat(1 + this.chance.whole(12)) + said;
    const version = this.chance.is(0.04) ? "none" : this.setting.version; // a version the server has never heard of
    return (
      `<data xmlns:orx="http://openrosa.org/xforms" id="${this.setting.form}" version="${version}"><note>${note}</note>` +
      (photo ? `<photo>${PHOTO}</photo>` : "") +
      `<orx:meta><orx:instanceID>${id}</orx:instanceID></orx:meta></data>`
    );
  }

  private aboutSomebody(id: string, said: string): string {
    const template = this.chance.one(this.setting.templates);
    const person = this.chance.one(this.setting.people);
    return template.replaceAll("{instance}", id).replaceAll("{person}", person).replaceAll("{said}", said);
  }

  /** Whether the work was done; a crash in it starts the app anew from what is on the disk. */
  private async survive(device: Device, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.crash(device);
      return false;
    }
  }

  private crash(device: Device): void {
    this.found.crashes += 1;
    device.disk.powerLoss();
    device.outbox = this.open(device.disk, device.clock);
    device.replica = new Replica(device.disk, device.clock);
    device.files = new Files(device.disk, hashOf, SIZES);
  }

  /** The weather clears: what is still on its way arrives, and every device talks until it has nothing left to send. */
  private async heal(): Promise<void> {
    for (const one of this.late.splice(0)) await one();
    for (const device of this.devices) {
      device.disk.crashing = 0;
      device.network.trouble = 0;
      for (let turn = 0; turn < 50 && !device.carried; turn++) {
        const sent = await sync(device.outbox, device.network);
        const carried = await carry(device.outbox, device.files, device.network);
        device.carried = sent.state === "done" && carried.state === "done";
        if (sent.state === "stopped") break; // nobody lets this phone in again
      }
    }
    if (this.setting.control) return;
    const looked = this.devices.slice(0, COMPARED);
    for (const device of looked) await fetchNew(device.replica, device.network); // now that the others' records are in
    for (const device of looked) await this.compare(device);
  }

  /** Whether the device holds exactly whom a new one would be given; one that was signed out holds nobody. */
  private async compare(device: Device): Promise<void> {
    const fresh = new Replica(new SimDisk(this.chance), device.clock);
    await fetchNew(fresh, device.network);
    this.found.people += (await fresh.lights()).length;
    if ((await everybody(device.replica)) !== (await everybody(fresh))) this.found.stale += 1;
  }

  /** What the server holds of what was saved; gives the end state as one text. */
  private async judge(): Promise<string> {
    const { held, files, unsound } = await ask<{ held: [string, string, string][]; files: [string, string][]; unsound: number }>({ do: "held" });
    this.found.unsound += unsound;
    const digests = new Map(files);
    for (const [id, { whole, on }] of this.pictures) {
      const digest = digests.get(id); // nothing stands there for a record that waits beside the door
      if (digest && digest !== hashed(whole)) this.found.torn += 1;
      if (digest === "" && on.carried) this.found.missing += 1;
    }
    const by = new Map<string, string[]>();
    for (const [id, sha256] of held) by.set(id, [...(by.get(id) ?? []), sha256]);
    for (const [id, sha256] of this.saved) {
      const copies = by.get(id) ?? [];
      if (!copies.length) this.found.lost += 1;
      if (copies.length > 1) this.found.doubled += 1;
      if (copies.some((copy) => copy !== sha256)) this.found.altered += 1;
    }
    return JSON.stringify(held);
  }
}

/** Everybody a device holds, as one text. */
async function everybody(replica: Replica): Promise<string> {
  const ids = (await replica.lights()).map(({ id }) => id).sort();
  const people = await Promise.all(ids.map((id) => replica.person(id)));
  const homes = (await replica.families()).sort((a, b) => (a.id < b.id ? -1 : 1));
  return JSON.stringify([people.map((one) => without(one)), homes.map((one) => without(one))]);
}

/** Without the number of the last change. */
function without(one: Person | { readonly v: number } | undefined): unknown {
  return { ...one, v: 0 };
}

export async function main(): Promise<void> {
  const { value } = await lines.next();
  const setting = JSON.parse(value as string) as Setting;
  const found: Found = {
    lost: 0, doubled: 0, altered: 0, records: 0, crashes: 0, restores: 0, pushes: 0, differing: 0, pulls: 0, people: 0, stale: 0, photos: 0, torn: 0,
    missing: 0, unsound: 0, merges: 0, covers: 0, ended: 0, days: 0,
  };
  for (let number = 0; number < setting.count; number++) {
    const end = await new Schedule(setting, number, found).run();
    if (number % 50 === 0 && !setting.control) {
      const again = { ...found }; // counted once
      if ((await new Schedule(setting, number, again).run()) !== end) found.differing += 1;
    }
  }
  process.stdout.write(JSON.stringify({ done: found }) + "\n");
  process.exit(0);
}

void main();
