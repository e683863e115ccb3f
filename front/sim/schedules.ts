/**
 * Random schedules of devices and a real server: writes, crashes, lost and doubled messages, restores, phones taken back.
 *
 * It talks to the server's own code in the process that started it, by lines of JSON: `{"do": "push", "token", "body"}` is
 * answered by `{"status", "body"}`, and so on. The last line is the count of what was lost, doubled and altered.
 */

import { createHash } from "node:crypto";
import { createInterface } from "node:readline";

import type { Answer } from "../src/field/kit";
import { Outbox } from "../src/field/outbox";
import { sync } from "../src/field/sync";
import { Chance, Crash, SimClock, SimDisk, SimNetwork } from "./world";

export interface Setting {
  readonly seed: number;
  readonly count: number;
  readonly tokens: readonly string[];
  readonly form: string;
  readonly version: string;
  readonly control: "" | "forgets" | "deletes_early" | "marks_unsent";
}

interface Found {
  lost: number;
  doubled: number;
  altered: number;
  records: number;
  crashes: number;
  restores: number;
  pushes: number;
  differing: number;
}

const hash = (text: string) => Promise.resolve(createHash("sha256").update(text, "utf8").digest("hex"));
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
}

class Schedule {
  private readonly chance: Chance;
  private readonly devices: Device[] = [];
  private readonly late: (() => Promise<unknown>)[] = [];
  private readonly saved = new Map<string, string>(); // what a worker was told is saved: id → SHA-256
  private written = 0;

  constructor(private readonly setting: Setting, private readonly number: number, private readonly found: Found) {
    this.chance = new Chance(setting.seed * 1_000_003 + number);
    const many = 3 + this.chance.whole(Math.min(18, setting.tokens.length - 2));
    for (const token of setting.tokens.slice(0, many)) this.devices.push(this.device(token));
  }

  private device(token: string): Device {
    const disk = new SimDisk(this.chance, this.setting.control === "forgets");
    const clock = new SimClock(this.chance);
    const serve = (key: string, body: string) => {
      this.found.pushes += 1;
      return ask<Answer>({ do: "push", token: key, body });
    };
    return { token, disk, clock, network: new SimNetwork(token, serve, this.chance, this.late), outbox: this.open(disk, clock) };
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
    if (what < 0.45) await this.write(device);
    else if (what < 0.8) await this.survive(device, () => sync(device.outbox, device.network));
    else if (what < 0.86) this.crash(device);
    else if (what < 0.9) device.clock.skew = (this.chance.next() - 0.5) * 40 * 365 * 86_400_000;
    else if (what < 0.93) await ask({ do: "backup" });
    else if (what < 0.955) await this.restore();
    else if (what < 0.965) await ask({ do: "take_back", token: device.token });
    else if (what < 0.975) await ask({ do: "reassign", token: device.token });
    else if (this.late.length) await this.late.splice(this.chance.whole(this.late.length), 1)[0]?.();
  }

  private async restore(): Promise<void> {
    const { done } = await ask<{ done: boolean }>({ do: "restore" });
    if (done) this.found.restores += 1;
  }

  private async write(device: Device): Promise<void> {
    const id = `uuid:${this.setting.seed}-${this.number}-${++this.written}`;
    const note = "走".repeat(1 + this.chance.whole(12)) + String(this.chance.whole(1_000_000));
    const version = this.chance.is(0.04) ? "none" : this.setting.version; // a version the server has never heard of
    const xml =
      `<data xmlns:orx="http://openrosa.org/xforms" id="${this.setting.form}" version="${version}"><note>${note}</note>` +
      `<orx:meta><orx:instanceID>${id}</orx:instanceID></orx:meta></data>`;
    const kept = await this.survive(device, () => device.outbox.add(id, xml));
    if (kept) {
      this.saved.set(id, await hash(xml));
      this.found.records += 1;
    }
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
  }

  /** The weather clears: what is still on its way arrives, and every device talks until it has nothing left to send. */
  private async heal(): Promise<void> {
    for (const one of this.late.splice(0)) await one();
    for (const device of this.devices) {
      device.disk.crashing = 0;
      device.network.trouble = 0;
      for (let turn = 0; turn < 50; turn++) if ((await sync(device.outbox, device.network)).state === "done") break;
    }
  }

  /** What the server holds of what was saved; gives the end state as one text. */
  private async judge(): Promise<string> {
    const { held } = await ask<{ held: [string, string, string][] }>({ do: "held" });
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

export async function main(): Promise<void> {
  const { value } = await lines.next();
  const setting = JSON.parse(value as string) as Setting;
  const found: Found = { lost: 0, doubled: 0, altered: 0, records: 0, crashes: 0, restores: 0, pushes: 0, differing: 0 };
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
