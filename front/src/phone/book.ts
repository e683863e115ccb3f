/** What the pages read: what was pulled, with what was written on this phone laid over it. */

import { byUrgency, compare, daysBetween, type Section, SECTIONS, sectionOn, settle } from "../field/met";
import type { Outbox } from "../field/outbox";
import type { Family, FormKept, Me, Person, Place } from "../field/pulled";
import type { Heard, Light, LightVisit, Replica } from "../field/replica";
import { type About, type Mine, mineOf, overlaid, saidOf, type Says } from "../field/written";
import { textIn } from "./words";

/** How somebody or some family stands on this phone: as pulled, changed here, new here, or new and waiting at the desk. */
export type Fresh = "" | "changed" | "new" | "looked";

export type Shown<T> = T & { readonly fresh: Fresh };
type Written = Mine & { readonly about: About };

export interface Line {
  readonly person: Shown<Light>;
  readonly visit: LightVisit;
  readonly met: Written | null; // by a record of this phone
}

const NONE: readonly Written[] = [];

/** Everything at one moment. Made anew after each change; what it gives is not changed. */
export class Book {
  private readonly overlay: ReadonlyMap<string, readonly Written[]>; // by person
  private readonly people: ReadonlyMap<string, Shown<Light>>;
  private readonly homes: ReadonlyMap<string, Shown<Family>>;
  private readonly placeById: ReadonlyMap<number, Place>;

  private constructor(
    private readonly replica: Replica,
    readonly me: Me | null,
    readonly heard: Heard,
    readonly forms: readonly FormKept[],
    readonly mine: readonly Mine[],
    lights: readonly Light[],
    families: readonly Family[],
    private readonly language: string,
    private readonly day: string, // by this phone's own clock
  ) {
    this.overlay = byPerson(overlaid(mine));
    this.placeById = new Map((me?.places ?? []).map((place) => [place.id, place]));
    this.homes = this.laidOver(families, saidOf("household", mine), (id, says, known) => this.familyFrom(id, says, known));
    this.people = this.laidOver(lights, saidOf("person", mine), (id, says, known) => lightFrom(id, says, known, this.homes));
  }

  static async open(replica: Replica, outbox: Outbox, language: string, day: string): Promise<Book> {
    const [me, heard, forms, items, known, lights, families] = await Promise.all([
      replica.me(), replica.heard(), replica.forms(), outbox.all(), outbox.server(), replica.lights(), replica.families(),
    ]);
    return new Book(replica, me, heard, forms, mineOf(items, known, heard), lights, families, language, day);
  }

  private laidOver<T extends { readonly id: string }>(
    pulled: readonly T[], said: ReadonlyMap<string, Says>, make: (id: string, says: Says, known: T | undefined) => T | null,
  ): Map<string, Shown<T>> {
    const found = new Map<string, Shown<T>>(pulled.map((one) => [one.id, { ...one, fresh: "" }]));
    for (const [id, says] of said) {
      const known = found.get(id);
      const made = make(id, says, known);
      if (made) found.set(id, { ...made, fresh: known ? "changed" : this.isLooked(id) ? "looked" : "new" });
    }
    return found;
  }

  private familyFrom(id: string, says: Says, known: Family | undefined): Family | null {
    if (!known && !says.creates) return null;
    const told = says.properties;
    const place = this.me?.places.find(({ code }) => code === told["place"])?.id ?? known?.place;
    if (place === undefined) return null;
    const number = told["number"] ?? known?.number ?? says.label;
    const label = [textIn(this.language, this.place(place)?.name ?? {}), number, told["address"] ?? ""].filter(Boolean).join(" · ");
    const row = { name: id, label, __version: "1", ...(known?.row ?? {}), ...told };
    return {
      id, v: known?.v ?? 0, place, number, address: told["address"] ?? known?.address ?? "", row,
      listed: told["listed"] ? told["listed"] !== "no" : (known?.listed ?? true),
      visits: told["visits"] ? told["visits"] !== "no" : (known?.visits ?? true),
    };
  }

  private isLooked(id: string): boolean {
    return this.mine.some((one) => !one.counts && one.about?.says.some((says) => says.creates && says.id === id));
  }

  // ---------------------------------------------------------------- people and families

  everybody(): Shown<Light>[] {
    return [...this.people.values()];
  }

  light(id: string): Shown<Light> | undefined {
    return this.people.get(id);
  }

  /** All that is known of a person; of somebody registered here what the form said. */
  async person(id: string): Promise<Person | undefined> {
    const [pulled, light] = [await this.replica.person(id), this.people.get(id)];
    if (!light) return pulled;
    const { fresh: _, visits: __, ...said } = light;
    const says = saidOf("person", this.mine).get(id);
    const row = { name: id, label: said.name, __version: "1", ...(pulled?.row ?? {}), ...(says?.properties ?? {}) };
    const bare = { v: 0, visits: [], courses: [], forms: this.offered(id), services: [], records: [] };
    return { ...(pulled ?? bare), ...said, row: { ...row, label: says?.label || row.label } };
  }

  /** For somebody registered here: what begins a course, and then the forms of what was begun. */
  private offered(id: string): Person["forms"] {
    const { sex = "", born = null } = this.people.get(id) ?? {};
    const young = ({ oldest = null }: FormKept) => oldest === null || born === null || daysBetween(born, this.day) <= oldest;
    const begun = new Set(this.of(id).map((one) => one.about.service).filter(Boolean));
    return this.forms
      .filter((form) => (!form.sex || form.sex !== OTHER_SEX[sex]) && young(form))
      .filter((form) => form.subject === "person" && form.who !== "" && (form.opens || (begun.has(form.service) && form.meets.length > 0)))
      .map((form) => ({ form: form.id, prefill: {}, part: form.service === "" ? "own" : form.opens ? "asked" : "care" }));
  }

  families(): Shown<Family>[] {
    return [...this.homes.values()].sort((a, b) => walk(a) - walk(b) || compare(a.number, b.number) || compare(a.id, b.id));
  }

  family(id: string | null): Shown<Family> | undefined {
    return id === null ? undefined : this.homes.get(id);
  }

  /** Who lives in a family and may be shown by name, the oldest first. */
  members(family: string): Shown<Light>[] {
    return this.everybody()
      .filter((one) => one.family === family && one.listed && one.here)
      .sort((a, b) => compare(a.born ?? "", b.born ?? "") || compare(a.id, b.id));
  }

  place(id: number | null): Place | undefined {
    return id === null ? undefined : this.placeById.get(id);
  }

  get servedPlaces(): Place[] {
    return (this.me?.places ?? []).filter((place) => place.served).sort((a, b) => compare(a.code, b.code));
  }

  // ---------------------------------------------------------------- visits and records

  /** Today's list in its order, and apart from it what records of this phone have met. */
  today(day: string): { readonly parts: Readonly<Record<Section, readonly Line[]>>; readonly here: readonly Line[] } {
    const parts: Record<Section, Line[]> = { overdue: [], now: [], coming: [] };
    const here: Line[] = [];
    for (const person of this.people.values()) {
      if (!person.here || !person.visits.length) continue;
      const written = this.of(person.id).length > 0;
      const met = written ? this.metOf(person.id, person.visits) : null;
      for (const visit of written ? this.going(person.id, person.visits) : person.visits) {
        const by = met?.get(visit.key) ?? null;
        const section = sectionOn(visit, day);
        if (by) here.push({ person, visit, met: by });
        else if (section) parts[section].push({ person, visit, met: null });
      }
    }
    for (const section of SECTIONS) parts[section].sort((a, b) => byUrgency(a.visit, b.visit));
    here.sort((a, b) => (b.met?.order ?? 0) - (a.met?.order ?? 0));
    return { parts, here };
  }

  /** Which of these visits of a person records of this phone meet. */
  metOf<V extends Parameters<typeof settle>[0][number]>(person: string, visits: readonly V[]): Map<string, Written> {
    const found = settle(visits, this.of(person).map((one) => ({ ...one.about, one })));
    return new Map([...found].map(([key, { one }]) => [key, one]));
  }

  /** Those whose service was not ended on this phone. On one day an ending counts last. */
  going<V extends { readonly service: string }>(person: string, visits: readonly V[]): V[] {
    const ended = this.endedHere(person);
    return visits.filter(({ service }) => !ended.has(service));
  }

  endedHere(person: string): Set<string> {
    const last = new Map<string, string>();
    for (const { about } of this.of(person)) if (about.ends) last.set(about.ends, about.on);
    for (const { about } of this.of(person)) {
      const again = about.form === "service_wanted" ? about.service : "";
      if (again && (last.get(again) ?? "9999") < about.on) last.delete(again);
    }
    return new Set(last.keys());
  }

  /** This phone's records about a person that the server's answer does not show yet. */
  of(person: string): readonly Written[] {
    return this.overlay.get(person) ?? NONE;
  }

  record(id: string): Mine | undefined {
    return this.mine.find((one) => one.id === id);
  }

  form(id: string): FormKept | undefined {
    return this.forms.find((form) => form.id === id);
  }
}

function byPerson(records: readonly Written[]): Map<string, Written[]> {
  const found = new Map<string, Written[]>();
  for (const one of records) found.set(one.about.person, [...(found.get(one.about.person) ?? []), one]);
  return found;
}

function walk(family: Family): number {
  return Number(family.row["walk_order"]) || 1_000_000_000;
}

function lightFrom(id: string, says: Says, known: Light | undefined, homes: ReadonlyMap<string, Family>): Light | null {
  if (!known && !says.creates) return null;
  const told = says.properties;
  const family = told["household"] ?? known?.family ?? null;
  return {
    id, family, place: homes.get(family ?? "")?.place ?? known?.place ?? null, name: says.label || (known?.name ?? ""),
    listed: told["listed"] ? told["listed"] !== "no" : (known?.listed ?? true), sex: told["sex"] ?? known?.sex ?? "",
    born: told["birth_date"] ?? known?.born ?? null, phone: reachable(told, known), wish: known?.wish ?? "",
    here: (known?.here ?? true) && !told["left_on"] && !told["died_on"], find: known?.find ?? "", visits: known?.visits ?? [],
  };
}

const OTHER_SEX: Readonly<Record<string, string>> = { female: "male", male: "female" };
const MAY_BE_CALLED = new Set(["any", "only_me", "by_phone"]);

function reachable(told: Readonly<Record<string, string>>, known: Light | undefined): string {
  const reach = told["reach"];
  if (reach !== undefined && !MAY_BE_CALLED.has(reach)) return "";
  return told["phone"] ?? known?.phone ?? "";
}
