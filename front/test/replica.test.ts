import assert from "node:assert/strict";
import { test } from "node:test";

import { Chance, Crash, SimClock, SimDisk } from "../sim/world";
import { Outbox } from "../src/field/outbox";
import type { Family, FormKept, Person, Pulled, Visit } from "../src/field/pulled";
import { Replica } from "../src/field/replica";

const CLOCK = { now: () => 1_790_000_000_000 };
const MET_NOT = { from: null, due: "2026-12-01", until: null, ends: null, met: null };

export function visit(more: Partial<Visit> = {}): Visit {
  return {
    key: "k", pack: "maternal", contact: "anc_2", form: "anc_visit", service: "anc", title: { zh: "随访", en: "Visit" },
    recurring: false, priority: 0, mine: true, why: ["because"], ...MET_NOT, ...more,
  };
}

export function person(id: string, more: Partial<Person> = {}): Person {
  return {
    id, v: 1, family: "h1", place: 7, name: `名${id}`, listed: true, sex: "female", born: "1990-01-01", phone: "", wish: "",
    here: true, find: "ming m", row: { name: id, label: `名${id}` }, visits: [visit({ key: `${id}-1` })], courses: [], forms: [], services: [],
    records: [], ...more,
  };
}

export function family(id: string, more: Partial<Family> = {}): Family {
  return { id, v: 1, place: 7, number: id, address: "", listed: true, visits: true, row: { name: id, label: id }, ...more };
}

export function page(more: Partial<Pulled> = {}): Pulled {
  return {
    epoch: 1, now: "2026-11-22T01:00:00Z", today: "2026-11-22", since: "1", more: false, fresh: false,
    families: [], people: [], gone: { families: [], people: [] }, ...more,
  };
}

const form = (id: string, version: string): FormKept => ({
  id, version, sha256: "", title: { zh: id }, subject: "person", who: "person", on: "", opens: false, sex: "", service: "", meets: [], lists: [], files: [],
});

/** What a phone holds, in one order whatever the boxes. */
async function contents(replica: Replica): Promise<unknown> {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  const lights = (await replica.lights()).sort(byId);
  const people = [];
  for (const { id } of lights) people.push(await replica.person(id));
  return { lights, people, families: (await replica.families()).sort(byId), since: await replica.since() };
}

/** A server of random people that change: it answers pulls page by page, and knows what a phone must hold in the end. */
class Village {
  private readonly people = new Map<string, Person>();
  private readonly families = new Map<string, Family>();
  private changed: [string, "people" | "families"][] = [];
  epoch = 1;

  constructor(private readonly chance: Chance) {}

  live(times: number): void {
    for (let n = 0; n < times; n += 1) {
      const kind = this.chance.is(0.7) ? "people" : "families";
      const id = `${kind[0]}${this.chance.whole(150)}`;
      if (this.chance.is(0.25)) this[kind].delete(id);
      else if (kind === "people") this.people.set(id, person(id, { v: n, name: `名${this.chance.whole(99)}` }));
      else this.families.set(id, family(id, { v: n, number: String(this.chance.whole(99)) }));
      this.changed.push([id, kind]);
    }
  }

  /** The store is another one: what phones were told of changes counts no more. */
  restore(): void {
    this.epoch += 1;
    for (const id of [...this.people.keys()]) if (this.chance.is(0.3)) this.people.delete(id);
  }

  /** Anew in the order of the ids, from what changed when that began; else what changed since. */
  pull(since: string): Pulled {
    const [epoch, last, at] = since ? (JSON.parse(since) as [number, string | null, number]) : [0, null, 0];
    const anew = epoch !== this.epoch;
    const size = 1 + this.chance.whole(60);
    if (anew || last !== null) {
      const begun = anew ? this.changed.length : at;
      const kinds = ["people", "families"] as const;
      const all = kinds.flatMap((kind) => [...this[kind].keys()].map((id) => [id, kind] as const));
      const left = all.filter(([id]) => anew || id > (last ?? "")).sort(([a], [b]) => (a < b ? -1 : 1));
      const rows = left.slice(0, size);
      const more = left.length > size || begun < this.changed.length;
      return this.answer(rows, JSON.stringify([this.epoch, left.length > size ? rows.at(-1)?.[0] : null, begun]), more, anew);
    }
    const more = at + size < this.changed.length;
    return this.answer(this.changed.slice(at, at + size), JSON.stringify([this.epoch, null, Math.min(at + size, this.changed.length)]), more, false);
  }

  private answer(rows: readonly (readonly [string, "people" | "families"])[], since: string, more: boolean, fresh: boolean): Pulled {
    const of = (kind: string) => [...new Set(rows.filter(([, k]) => k === kind).map(([id]) => id))];
    const here = <T>(ids: string[], all: Map<string, T>) => ids.flatMap((id) => all.get(id) ?? []);
    const gone = <T>(ids: string[], all: Map<string, T>) => ids.filter((id) => !all.has(id));
    return page({
      since, more, fresh, epoch: this.epoch,
      people: here(of("people"), this.people), families: here(of("families"), this.families),
      gone: { people: gone(of("people"), this.people), families: gone(of("families"), this.families) },
    });
  }

  async same(replica: Replica): Promise<void> {
    const fresh = new Replica(new SimDisk(new Chance(1)), CLOCK);
    await fresh.apply(page({ fresh: true, since: await replica.since(), people: [...this.people.values()], families: [...this.families.values()] }));
    assert.deepEqual(await contents(replica), await contents(fresh));
  }
}

test("any sequence of pulls, cut by crashes anywhere, ends in what the server holds", async () => {
  for (let seed = 1; seed <= 6; seed += 1) {
    const chance = new Chance(seed);
    const disk = new SimDisk(chance);
    const village = new Village(chance);
    village.live(200);
    for (let round = 0; round < 4; round += 1) {
      disk.crashing = 0.15;
      let replica = new Replica(disk, CLOCK);
      for (let whole = false; !whole; ) {
        const answer = village.pull(await replica.since());
        try {
          await replica.apply(answer);
          whole = !answer.more;
        } catch (error) {
          assert.ok(error instanceof Crash);
          disk.fallen = false;
          if (chance.is(0.5)) replica = new Replica(disk, CLOCK); // the app was started anew
        }
        if (chance.is(0.05)) village.live(10);
      }
      Object.assign(disk, { crashing: 0, fallen: false });
      for (let more = true; more; ) {
        const answer = village.pull(await replica.since());
        await replica.apply(answer);
        more = answer.more;
      }
      await village.same(replica);
      await village.same(new Replica(disk, CLOCK));
      village.live(60);
      if (chance.is(0.4)) village.restore();
    }
  }
});

test("a fresh pull cut half-way leaves a usable phone; at its end who did not come again is gone", async () => {
  const replica = new Replica(new SimDisk(new Chance(1)), CLOCK);
  await replica.apply(page({ fresh: true, people: [person("a"), person("b")], families: [family("h1"), family("h2")] }));
  await replica.apply(page({ fresh: true, more: true, since: "half", people: [person("a", { name: "新" })], families: [family("h1")] }));
  assert.deepEqual((await replica.lights()).map(({ name }) => name).sort(), ["名b", "新"]);
  assert.deepEqual([(await replica.heard()).whole, await replica.since()], [false, "half"]);
  await replica.apply(page({ since: "end", people: [person("c")] }));
  assert.deepEqual([(await replica.lights()).map(({ id }) => id).sort(), (await replica.families()).map(({ id }) => id)], [["a", "c"], ["h1"]]);
  assert.equal(await replica.person("b"), undefined);
});

test("about fifty people lie in a box, and one who changed rewrites hers alone", async () => {
  const disk = new SimDisk(new Chance(1));
  const replica = new Replica(disk, CLOCK);
  await replica.apply(page({ fresh: true, people: Array.from({ length: 480 }, (_, n) => person(`p${n}`)) }));
  assert.equal((await disk.list("people/")).length, 10);
  const before = new Map(await disk.list(""));
  await replica.apply(page({ people: [person("p99", { v: 2 })] }));
  const changed = (await disk.list("")).filter(([key, text]) => before.get(key) !== text).map(([key]) => key);
  assert.deepEqual(changed, ["index/002", "people/002", "pull"]);
});

test("two pages of the app on one disk see what the other one stored", async () => {
  const disk = new SimDisk(new Chance(1));
  const [one, other] = [new Replica(disk, CLOCK), new Replica(disk, CLOCK)];
  await one.apply(page({ people: [person("a")] }));
  assert.equal((await other.lights()).length, 1);
  await one.apply(page({ people: [person("b")] }));
  assert.equal((await other.lights()).length, 2);
});

test("forgetting takes the people and leaves the outbox and the forms", async () => {
  const disk = new SimDisk(new Chance(1));
  const replica = new Replica(disk, CLOCK);
  const outbox = new Outbox(disk, new SimClock(new Chance(1)), async (text) => text);
  await outbox.add("uuid:1", "<data/>");
  await replica.apply(page({ people: [person("a")], families: [family("h1")], forms: [form("anc_visit", "1")] }));
  await replica.forget();
  assert.deepEqual([await replica.lights(), await replica.families(), await replica.person("a"), await replica.since()], [[], [], undefined, ""]);
  assert.deepEqual([(await outbox.all()).length, (await replica.forms()).length], [1, 1]);
});

test("the forms' files are asked for once; of the version before the XML stays, of older ones not", async () => {
  const replica = new Replica(new SimDisk(new Chance(1)), CLOCK);
  const text = (words: string) => new TextEncoder().encode(words);
  const picture = { name: "cup.png", sha256: "ff" };
  for (const version of ["1", "2", "3"]) {
    await replica.apply(page({ forms: [{ ...form("anc_visit", version), files: [picture] }] }));
    for (const what of await replica.missing()) await replica.keep(what, what.file ? new Uint8Array([1, 2]) : text(`<h v="${what.version}"/>`));
    assert.deepEqual(await replica.missing(), []);
  }
  assert.deepEqual([await replica.xml("anc_visit", "1"), await replica.xml("anc_visit", "2"), await replica.xml("anc_visit", "3")], [undefined, '<h v="2"/>', '<h v="3"/>']);
  assert.equal(await replica.file("ff"), "data:image/png;base64,AQI=");
});

test("lists are given the open visits of this worker's own list alone", async () => {
  const replica = new Replica(new SimDisk(new Chance(1)), CLOCK);
  const visits = [visit({ key: "1" }), visit({ key: "2", mine: false }), visit({ key: "3", met: "2026-11-01" }), visit({ key: "4", why: [] })];
  await replica.apply(page({ people: [person("a", { visits })] }));
  const [light] = await replica.lights();
  assert.deepEqual(light?.visits.map(({ key, explained }) => [key, explained]), [["1", true], ["4", false]]);
});

test("after as many days without a word as the server said, people are let go of and nothing else", async () => {
  const DAY = 86_400_000;
  const clock = { at: 1_790_000_000_000, now: () => clock.at };
  const replica = new Replica(new SimDisk(new Chance(1)), clock);
  assert.equal(await replica.letGo(), false);
  await replica.apply(page({ people: [person("a")], me: { id: 1, name: "x", role: "worker", places: [], keep_days: 30 } }));
  clock.at += 30 * DAY;
  assert.deepEqual([await replica.letGo(), (await replica.lights()).length], [false, 1]);
  clock.at += 1;
  assert.deepEqual([await replica.letGo(), (await replica.lights()).length, (await replica.me())?.name, await replica.since()], [true, 0, "x", ""]);
  assert.equal(await replica.letGo(), false);
});
