/**
 * What `GET /sync/pull` answers (docs/sync.md): the worker's own people, families and forms, or what changed of them.
 *
 * Every text a person reads comes either in all languages (`Words`) or in the language the pull was asked for. Dates are
 * `YYYY-MM-DD`. A key that is missing or `null` is not known, or not for this worker.
 */

/** A text by language: `{"zh": "…", "en": "…"}`. */
export type Words = Readonly<Record<string, string>>;

export interface Pulled {
  readonly epoch: number;
  readonly now: string; // the server's time, ISO 8601
  readonly today: string; // the server's day
  readonly since: string; // to ask with next time; the phone only keeps it
  readonly more: boolean; // ask again at once with `since`
  /** On the first page of such a pull alone: what the phone holds of people, families and forms is replaced by what begins here
   * (first pull, restored store, other language, other area): whatever has not come again when `more` is false is taken away.
   * Never anything of the outbox. */
  readonly fresh: boolean;
  readonly me?: Me; // when it changed
  readonly forms?: readonly FormKept[]; // all of them, when one changed; also `service_end` and `service_wanted`
  readonly families: readonly Family[];
  readonly people: readonly Person[];
  /** SHA-256 of the ids (without "uuid:") of records that were erased: this device keeps no copy of them, sent or not. */
  readonly erased?: readonly string[];
  readonly gone: { readonly families: readonly string[]; readonly people: readonly string[] };
}

export interface Me {
  readonly id: number;
  readonly name: string;
  readonly role: string;
  readonly places: readonly Place[]; // those served, and what lies above and below them
  readonly leaflets?: string; // a mark of what there is to read: with another one `GET /sync/leaflets` is asked
  readonly keep_days: number; // after so many days without a word from the server, people are taken off this phone
}

export interface Place {
  readonly id: number;
  readonly code: string;
  readonly name: Words;
  readonly kind: string;
  readonly above: number | null;
  readonly served: boolean;
}

/** A form that may be filled on this phone. Its XML is asked for with `GET /sync/form?id=…&version=…`. */
export interface FormKept {
  readonly id: string;
  readonly version: string;
  readonly sha256: string; // of the XML's bytes
  readonly title: Words;
  readonly subject: "person" | "household" | "place" | "none";
  readonly who: string; // path of the question that says whom it is about; "" when it asks that itself
  readonly on: string; // path of the question that says on what day it happened; "": the day it was written
  readonly opens: boolean; // may be filled for a person of whom nothing but the register's data is known: begins a course, or may be asked for any day
  readonly oldest?: number | null; // days: begins nothing for who is older, a grown-up being nobody's newborn
  readonly sex: string; // offered to people of this sex, or of none stated, alone; "": to everybody
  readonly minutes?: number | null;
  readonly service: string;
  readonly meets: readonly string[]; // `pack/contact` of the planned visits it meets
  readonly lists: readonly string[]; // "person.csv", "household.csv", "place.csv"
  readonly files: readonly { readonly name: string; readonly sha256: string }[]; // other lists and pictures it asks for: GET /sync/form_file
}

export interface Family {
  readonly id: string;
  readonly v: number; // version in the register, from 1 on
  readonly place: number;
  readonly number: string;
  readonly address: string;
  readonly listed: boolean;
  readonly visits: boolean; // false: "do not visit this family"
  readonly row: Readonly<Record<string, string>>; // its line of household.csv: name, label, __version and properties
}

export interface Person {
  readonly id: string;
  readonly v: number; // version in the register, from 1 on
  readonly family: string | null;
  readonly place: number | null;
  readonly name: string;
  readonly listed: boolean; // false: shown by house number alone
  readonly sex: string;
  readonly born: string | null;
  readonly phone: string; // "" when it may not be called
  readonly wish: string; // how she may be reached, in words; "" when any way will do
  readonly here: boolean;
  readonly find: string; // what a search finds her by, apart from the name: pinyin, initials, phone end; lower case, spaces between
  readonly row: Readonly<Record<string, string>>; // her line of person.csv
  readonly visits: readonly Visit[];
  readonly courses: readonly Course[];
  readonly forms: readonly Fillable[];
  readonly services: readonly Service[];
  readonly records: readonly Written[]; // the latest first
  readonly cards?: readonly Card[];
  readonly grown?: readonly Grown[];
}

/** The doses of one series that were given, chain by chain, each in the order in which they were given. */
export interface Card {
  readonly title: Words;
  readonly chains: readonly { readonly title: Words; readonly given: readonly GivenDose[] }[]; // without a title: belongs to none
}

export interface GivenDose {
  readonly on: string | null;
  readonly title: Words;
  readonly counts: boolean;
  readonly words: string; // why it does not count
}

/** Measurements as a table, in the language of the pull, and as points over lines that come with the leaflets. */
export interface Grown {
  readonly title: string;
  readonly unit?: string;
  readonly lines?: string; // a key of `Leaflets.lines`
  readonly points?: readonly (readonly [months: number, value: number])[];
  readonly until?: number; // months: how far the picture goes
  readonly note: string; // the latest in words
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What `GET /sync/leaflets` answers, in the language asked for. */
export interface Leaflets {
  readonly mark: string;
  readonly leaflets: readonly Leaflet[];
  readonly lines?: Readonly<Record<string, readonly GrowthLine[]>>; // what pictures are seen against
}

export interface GrowthLine {
  readonly name: string; // how many steps from the middle: "−2", "0", "+2"
  readonly points: readonly (readonly [months: number, value: number])[];
}

export interface Leaflet {
  readonly id: string;
  readonly title: string;
  readonly words: readonly string[];
  readonly methods: readonly Method[];
  readonly sources: readonly (readonly [title: string, verified: boolean])[];
}

/** One method with everything that is said of it. */
export interface Method {
  readonly title: string;
  readonly where: string;
  readonly figures: readonly string[];
  readonly parts: readonly (readonly [heading: string, words: string])[];
  readonly caution: readonly (readonly [when: string, words: string])[];
  readonly fine: readonly (readonly [when: string, words: string])[];
}

/** One planned visit. Whether it is overdue, due now or coming is worked out from the window and the day asked (`state_on`). */
export interface Visit {
  readonly key: string; // the same for the same visit as long as it stands
  readonly pack: string;
  readonly contact: string;
  readonly form: string;
  readonly service: string;
  readonly title: Words;
  readonly from: string | null;
  readonly due: string | null;
  readonly until: string | null;
  readonly ends: string | null; // its care is over on this day
  readonly recurring: boolean;
  readonly priority: number;
  readonly mine: boolean; // stands on this worker's own Today list
  readonly met: string | null; // the day it was met
  readonly why: readonly string[]; // its reasons, in the language of the pull
}

/** A course of care as the person's page heads it. */
export interface Course {
  readonly title: Words;
  readonly headline: string; // what it goes towards, with the day: "Expected day of birth: 3 March 2027"; "" when nothing
  readonly counts: { readonly since: string; readonly unit: "week" | "month" } | null; // how far it has come is counted so
  readonly known: readonly (readonly [label: string, value: string, on: string | null])[];
}

/** A form that may be filled for this person now, with what is known for it. */
export interface Fillable {
  readonly form: string;
  readonly prefill: Readonly<Record<string, string>>; // by question path; the form's own `who` is always this person, and fixed
  readonly part: "care" | "asked" | "own"; // under which heading of her page: write down, if the person asks, her own data
}

/** A service of the reader's care. It is ended, or wanted again, by one press: the forms `service_end` and `service_wanted`. */
export interface Service {
  readonly id: string;
  readonly title: Words;
  readonly ended: string | null; // the day it ended on
}

/** A record as the person's page shows it. */
export interface Written {
  readonly seq: number;
  readonly id: string; // the form's instanceID: the same as in the outbox
  readonly form: string;
  readonly title: Words;
  readonly on: string;
  readonly by: string; // who wrote it, in words
  readonly stands: "in force" | "review" | "replaced" | "refused";
  readonly lines: readonly (readonly [question: string, answer: string])[];
}
