/**
 * What the server gave this phone to work with, on the phone's disk: people, families, forms, and how far it was pulled.
 *
 * People lie in boxes of about fifty, in the order in which they came, each box beside a thin row of what lists and searches need
 * of the same people: a page of a pull rewrites a box or two, Today reads only the thin rows, a person's page one box. Every page
 * is one write, whole or not at all, together with the `since` to go on from: a pull that is cut anywhere leaves what was
 * there, and goes on. Nothing here ever touches the outbox.
 */

import type { Change, Clock, Disk } from "./kit";
import { plusDays, sectionOn, stateOn } from "./met";
import type { Family, FormKept, Leaflets, Me, Person, Pulled, Visit } from "./pulled";

/** A person as lists and the search need her; of her visits those that stand on this worker's own list and are not met. */
export type Light = Pick<Person, "id" | "family" | "place" | "name" | "listed" | "sex" | "born" | "phone" | "wish" | "here" | "find"> & {
  readonly visits: readonly LightVisit[];
};

export type LightVisit = Omit<Visit, "mine" | "met" | "why"> & { readonly explained: boolean };

/** How far was pulled. `whole`: nothing was left to ask for when `now` was told. */
export interface Heard {
  readonly since: string;
  readonly epoch: number;
  readonly now: number; // the server's time of the last pull that came to its end, 0 before the first
  readonly today: string; // the server's day
  readonly at: number; // by this phone's own clock
  readonly whole: boolean;
}

interface State extends Heard {
  readonly stamp: number; // changes with every write
  readonly run: number; // counts the pulls that began anew
  readonly sweeping: boolean; // one of them is under way: whoever does not come again is taken away at its end
}

/** A form's XML (`file` is ""), or one of its files. */
export interface Missing {
  readonly form: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

type Row<T> = readonly [run: number, item: T];

const STATE = "pull";
const ME = "me";
const LEAFLETS = "leaflets";
const FORMS = "forms/all";
const XML = "forms/xml/";
const FILE = "forms/file/";
const PEOPLE = "people/";
const INDEX = "index/";
const FAMILIES = "families/";
const PICTURES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp", svg: "image/svg+xml" };
const DAY = 86_400_000;
const AHEAD_DAYS = 90;
const PER_BOX = 48;
const FAMILIES_PER_BOX = 200;
const NOTHING: State = { since: "", epoch: -1, now: 0, today: "", at: 0, whole: false, stamp: 0, run: 0, sweeping: false };

/** What is held in memory of the disk: the thin rows and where everybody lies. */
interface Held {
  readonly stamp: number;
  readonly index: Map<string, Row<Light>[]>; // by box
  readonly families: Map<string, Row<Family>[]>;
  readonly boxOf: Map<string, string>;
  readonly familyBox: Map<string, string>;
}

export class Replica {
  private held: Held | null = null;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly disk: Disk,
    private readonly clock: Clock,
  ) {}

  // ---------------------------------------------------------------- taking in

  /** Store one page of a pull. When this promise is kept it is on the disk. The same page again changes nothing. */
  apply(page: Pulled): Promise<void> {
    return this.inTurn(async () => {
      const state = await this.state();
      const held = await this.hold(state);
      const run = page.fresh ? state.run + 1 : state.run;
      const sweeping = page.fresh || state.sweeping;
      const next = new Next(held, run, page.today);
      for (const person of page.people) await next.putPerson(person, this.disk);
      for (const family of page.families) next.putFamily(family);
      for (const id of page.gone.people) await next.dropPerson(id, this.disk);
      for (const id of page.gone.families) next.dropFamily(id);
      if (sweeping && !page.more) await next.sweep(this.disk);
      const now = page.more ? state.now : Date.parse(page.now);
      const told: State = {
        since: page.since, epoch: page.epoch, now, today: page.today, at: this.clock.now(), whole: !page.more,
        stamp: state.stamp + 1, run, sweeping: sweeping && page.more,
      };
      const changes: Change[] = [...next.changes(), [STATE, JSON.stringify(told)]];
      if (page.me) changes.push([ME, JSON.stringify(page.me)]);
      if (page.forms) changes.push(...(await this.formChanges(page.forms)));
      await this.write(changes, next.held(told.stamp));
    });
  }

  /** Take off this phone what the server gave of people. Forms stay, and everything of the outbox. */
  forget(): Promise<void> {
    return this.inTurn(async () => {
      const state = await this.state();
      const keys = (await Promise.all([PEOPLE, INDEX, FAMILIES].map((prefix) => this.disk.list(prefix)))).flat();
      const told: State = { ...NOTHING, stamp: state.stamp + 1, run: state.run + 1 };
      await this.write([...keys.map(([key]) => [key, null] as const), [STATE, JSON.stringify(told)]], null);
    });
  }

  /**
   * Let go of people when nothing was heard of the server for as many days as it said: a phone that was lost or lent tells no
   * more. Counted by this phone's own clock, there being no other: wrong by years, it costs one pull, and never a record.
   */
  async letGo(): Promise<boolean> {
    const [state, me] = await Promise.all([this.state(), this.me()]);
    const isOld = me !== null && state.since !== "" && this.clock.now() - state.at > me.keep_days * DAY;
    if (isOld) await this.forget();
    return isOld;
  }

  /** The XML of forms now in use stays, and that of the versions they replaced, which a half-filled form may still need. */
  private async formChanges(forms: readonly FormKept[]): Promise<Change[]> {
    const before = await this.forms();
    const kept = new Set([...before, ...forms].map(xmlKey));
    const files = new Set([...before, ...forms].flatMap((form) => form.files.map((file) => FILE + file.sha256)));
    const had = [...(await this.keys(XML)), ...(await this.keys(FILE))];
    return [[FORMS, JSON.stringify(forms)], ...had.filter((key) => !kept.has(key) && !files.has(key)).map((key) => [key, null] as const)];
  }

  private async keys(prefix: string): Promise<string[]> {
    return (await this.disk.list(prefix)).map(([key]) => key);
  }

  private async write(changes: readonly Change[], held: Held | null): Promise<void> {
    this.held = null; // whatever becomes of the write, the disk is asked again
    await this.disk.write(changes);
    this.held = held;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.last.then(work, work);
    this.last = done.catch(() => undefined);
    return done;
  }

  // ---------------------------------------------------------------- reading

  async heard(): Promise<Heard> {
    return this.state();
  }

  /** What to ask the server with; '' before the first pull. */
  async since(): Promise<string> {
    return (await this.state()).since;
  }

  async me(): Promise<Me | null> {
    return parsed<Me>(await this.disk.read(ME)) ?? null;
  }

  async forms(): Promise<readonly FormKept[]> {
    return parsed<FormKept[]>(await this.disk.read(FORMS)) ?? [];
  }

  async form(id: string): Promise<FormKept | undefined> {
    return (await this.forms()).find((form) => form.id === id);
  }

  /** Everybody, as lists need them, in no order that means anything. */
  async lights(): Promise<Light[]> {
    const { index } = await this.hold(await this.state());
    return [...index.values()].flatMap((box) => box.map(([, light]) => light));
  }

  async families(): Promise<Family[]> {
    const { families } = await this.hold(await this.state());
    return [...families.values()].flatMap((box) => box.map(([, family]) => family));
  }

  async person(id: string): Promise<Person | undefined> {
    const { boxOf } = await this.hold(await this.state());
    const box = boxOf.get(id);
    return box === undefined ? undefined : (await readBox(this.disk, box)).find((person) => person.id === id);
  }

  // ---------------------------------------------------------------- the forms' own files

  /** Forms of the visits that are overdue or due now, in the order of how many wait for one. */
  async pressing(): Promise<readonly string[]> {
    const { today } = await this.state();
    const count = new Map<string, number>();
    for (const { visits } of await this.lights()) {
      for (const visit of visits) {
        const section = sectionOn(visit, today);
        if (section === "overdue" || section === "now") count.set(visit.form, (count.get(visit.form) ?? 0) + 1);
      }
    }
    return [...count].sort(([, a], [, b]) => b - a).map(([form]) => form);
  }

  /** What there is to read for anybody; null when it has not been fetched, or is not what there is now. */
  async leaflets(): Promise<Leaflets | null> {
    const [kept, me] = [parsed<Leaflets>(await this.disk.read(LEAFLETS)), await this.me()];
    return kept && (me?.leaflets ?? kept.mark) === kept.mark ? kept : null;
  }

  keepLeaflets(told: Leaflets): Promise<void> {
    return this.disk.write([[LEAFLETS, JSON.stringify(told)]]);
  }

  /** Forms whose XML, and files whose content, have not been fetched yet. */
  async missing(): Promise<readonly Missing[]> {
    const forms = await this.forms();
    const had = new Set([...(await this.keys(XML)), ...(await this.keys(FILE))]);
    const bare = forms.filter((form) => !had.has(xmlKey(form)));
    const files = forms.flatMap(({ id: form, version, files }) => files.map(({ name: file, sha256 }) => ({ form, version, file, sha256 })));
    return [
      ...bare.map(({ id: form, version, sha256 }) => ({ form, version, file: "", sha256 })),
      ...files.filter((file) => !had.has(FILE + file.sha256)),
    ];
  }

  /** One of them came. Text is kept as it is, a picture as a data: address. */
  async keep(what: Missing, bytes: Uint8Array): Promise<void> {
    const key = what.file === "" ? xmlKey({ id: what.form, version: what.version }) : FILE + what.sha256;
    const kind = PICTURES[what.file.split(".").at(-1)?.toLowerCase() ?? ""];
    await this.disk.write([[key, kind ? dataAddress(kind, bytes) : new TextDecoder().decode(bytes)]]);
  }

  async xml(id: string, version: string): Promise<string | undefined> {
    return this.disk.read(xmlKey({ id, version }));
  }

  async file(sha256: string): Promise<string | undefined> {
    return this.disk.read(FILE + sha256);
  }

  // ---------------------------------------------------------------- what lies in memory

  private async state(): Promise<State> {
    return parsed<State>(await this.disk.read(STATE)) ?? NOTHING;
  }

  /** The thin rows; read again when another page of the app wrote since. */
  private async hold(state: State): Promise<Held> {
    if (this.held?.stamp === state.stamp) return this.held;
    const index = new Map((await this.disk.list(INDEX)).map(([key, text]) => [PEOPLE + key.slice(INDEX.length), JSON.parse(text) as Row<Light>[]]));
    const families = new Map((await this.disk.list(FAMILIES)).map(([key, text]) => [key, JSON.parse(text) as Row<Family>[]]));
    this.held = { stamp: state.stamp, index, families, boxOf: whereOf(index), familyBox: whereOf(families) };
    return this.held;
  }
}

/** What the boxes will be after a page: only what is touched is read and written. */
class Next {
  private readonly index: Map<string, Row<Light>[]>;
  private readonly families: Map<string, Row<Family>[]>;
  private readonly boxOf: Map<string, string>;
  private readonly familyBox: Map<string, string>;
  private readonly people = new Map<string, Person[]>(); // boxes that were opened
  private readonly touched = new Set<string>();

  constructor(held: Held, private readonly run: number, private readonly today: string) {
    this.index = new Map(held.index);
    this.families = new Map(held.families);
    this.boxOf = new Map(held.boxOf);
    this.familyBox = new Map(held.familyBox);
  }

  async putPerson(person: Person, disk: Disk): Promise<void> {
    const box = this.boxOf.get(person.id) ?? roomIn(this.index, PEOPLE, PER_BOX);
    const people = await this.open(box, disk);
    this.people.set(box, [...people.filter(({ id }) => id !== person.id), person]);
    this.index.set(box, [...without(this.index.get(box), person.id), [this.run, lightOf(person, this.today)]]);
    this.boxOf.set(person.id, box);
    this.touched.add(box);
  }

  async dropPerson(id: string, disk: Disk): Promise<void> {
    const box = this.boxOf.get(id);
    if (box === undefined) return;
    this.people.set(box, (await this.open(box, disk)).filter((person) => person.id !== id));
    this.index.set(box, without(this.index.get(box), id));
    this.boxOf.delete(id);
    this.touched.add(box);
  }

  putFamily(family: Family): void {
    const box = this.familyBox.get(family.id) ?? roomIn(this.families, FAMILIES, FAMILIES_PER_BOX);
    this.families.set(box, [...without(this.families.get(box), family.id), [this.run, family]]);
    this.familyBox.set(family.id, box);
    this.touched.add(box);
  }

  dropFamily(id: string): void {
    const box = this.familyBox.get(id);
    if (box === undefined) return;
    this.families.set(box, without(this.families.get(box), id));
    this.familyBox.delete(id);
    this.touched.add(box);
  }

  /** Take away whatever did not come in this run. */
  async sweep(disk: Disk): Promise<void> {
    for (const rows of [...this.index.values()]) for (const [run, { id }] of rows) if (run !== this.run) await this.dropPerson(id, disk);
    for (const rows of [...this.families.values()]) for (const [run, { id }] of rows) if (run !== this.run) this.dropFamily(id);
  }

  changes(): Change[] {
    const made: Change[] = [];
    for (const box of this.touched) {
      const families = this.families.get(box);
      if (box.startsWith(FAMILIES)) {
        made.push([box, families?.length ? JSON.stringify(families) : null]);
        if (!families?.length) this.families.delete(box);
        continue;
      }
      const rows = this.index.get(box) ?? [];
      made.push([box, rows.length ? JSON.stringify(this.people.get(box)) : null]);
      made.push([INDEX + box.slice(PEOPLE.length), rows.length ? JSON.stringify(rows) : null]);
      if (!rows.length) this.index.delete(box);
    }
    return made;
  }

  held(stamp: number): Held {
    return { stamp, index: this.index, families: this.families, boxOf: this.boxOf, familyBox: this.familyBox };
  }

  private async open(box: string, disk: Disk): Promise<Person[]> {
    return this.people.get(box) ?? (await readBox(disk, box));
  }
}

/** `today`: the server's day. What ended before it, or comes long after people are let go of, no list of this phone will show. */
function lightOf(person: Person, today: string): Light {
  const last = plusDays(today, AHEAD_DAYS);
  const { id, family, place, name, listed, sex, born, phone, wish, here, find } = person;
  const visits = person.visits
    .filter((visit) => visit.mine && visit.met === null && stateOn(visit, today) !== "missed" && (visit.from ?? visit.due ?? "") <= last)
    .map(({ mine: _mine, met: _met, why, ...visit }) => ({ ...visit, explained: why.length > 0 }));
  return { id, family, place, name, listed, sex, born, phone, wish, here, find, visits };
}

async function readBox(disk: Disk, box: string): Promise<Person[]> {
  return parsed<Person[]>(await disk.read(box)) ?? [];
}

/** A box with room: the last one, or one more. */
function roomIn(boxes: ReadonlyMap<string, readonly unknown[]>, prefix: string, most: number): string {
  for (const [box, rows] of boxes) if (rows.length < most) return box;
  for (let number = 0; ; number += 1) {
    const box = prefix + String(number).padStart(3, "0");
    if (!boxes.has(box)) return box;
  }
}

function without<T extends { readonly id: string }>(rows: readonly Row<T>[] | undefined, id: string): Row<T>[] {
  return (rows ?? []).filter(([, item]) => item.id !== id);
}

function whereOf<T extends { readonly id: string }>(boxes: ReadonlyMap<string, readonly Row<T>[]>): Map<string, string> {
  return new Map([...boxes].flatMap(([box, rows]) => rows.map(([, { id }]) => [id, box] as const)));
}

function xmlKey(form: Pick<FormKept, "id" | "version">): string {
  return `${XML}${form.id}@${form.version}`;
}

function dataAddress(kind: string, bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return `data:${kind};base64,${btoa(text)}`;
}

function parsed<T>(text: string | undefined): T | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as T);
}
