/** A form of the phone: opened from what was pulled, saved into the outbox. */

import type { FormKept, Person } from "../field/pulled";
import type { FormNode } from "../forms/model";
import type { Payload } from "../forms/runner";
import type { Outcome } from "../forms/sender";
import type { Supply } from "../forms/supply";
import { aboutOf } from "./about";
import { type Begun, type Draft, draftFiles, DraftKeeper, type Half, leaving } from "./drafts";
import { households, people, places } from "./lists";
import type { Desk } from "./pages/page";

const RECORD = "xml_submission_file";

/** Everything a form needs before it is drawn. */
export interface Ready {
  readonly form: FormKept;
  readonly version: string;
  readonly xml: string;
  readonly begun: Begun;
  readonly draft: Draft | null;
  readonly correct: string; // the record to correct, '' for none
  readonly person: Person | undefined;
}

/** Known answers: what the server worked out for this person and form, or who and which family it is about. */
export interface Given {
  readonly prefill: Readonly<Record<string, string>>;
  readonly fixed: readonly string[];
}

export function givenFor({ form, begun, person, xml }: Pick<Ready, "form" | "begun" | "person" | "xml">, told: Readonly<Record<string, string>>): Given {
  const known = person?.forms.find((one) => one.form === form.id);
  const prefill: Record<string, string> = { ...(known?.prefill ?? {}), ...told };
  const fixed = new Set<string>();
  const fix = (path: string, value: string) => {
    prefill[path] = value;
    fixed.add(path);
  };
  if (form.who && form.subject === "person" && begun.person) fix(form.who, begun.person);
  if (form.who && form.subject === "household" && begun.family) fix(form.who, begun.family);
  const chooses = !begun.person && begun.family ? choosesFrom(xml, "household") : "";
  if (chooses) fix(chooses, begun.family);
  return { prefill, fixed: [...fixed] };
}

/** The question of a form that chooses from a list, '' for none. */
function choosesFrom(xml: string, list: string): string {
  const form = new DOMParser().parseFromString(xml, "application/xml");
  const itemset = [...form.getElementsByTagName("*")].find((each) => each.localName === "itemset" && (each.getAttribute("nodeset") ?? "").includes(`instance('${list}')`));
  return (itemset?.parentElement?.getAttribute("ref") ?? "").split("/").slice(2).join("/");
}

export async function listsFor(desk: Desk, { form, begun, person }: Pick<Ready, "form" | "begun" | "person">): Promise<Record<string, string>> {
  const { book, replica, language } = desk;
  const found: Record<string, string> = {};
  const home = !begun.person && begun.family ? book.family(begun.family) : undefined;
  if (form.lists.includes("person.csv")) found["person.csv"] = people(person ? [person] : []);
  if (form.lists.includes("household.csv")) found["household.csv"] = households(home ? [home] : book.families());
  if (form.lists.includes("place.csv")) found["place.csv"] = places(book.me, language);
  for (const { name, sha256 } of form.files) {
    const content = await replica.file(sha256);
    if (content !== undefined) found[name] = content;
  }
  return found;
}

/** What the form component is given. `done` is called once the record is durable. */
export async function supplyFor(desk: Desk, ready: Ready, given: Given, keeper: DraftKeeper, done: (id: string) => void): Promise<Supply> {
  const { rooms, language } = desk;
  const record = ready.draft
    ? ({ xml: ready.draft.xml, as: "draft", files: await draftFiles(rooms.disk, ready.begun) } as const)
    : ready.correct ? ({ xml: ready.correct, as: "correction", files: await photosOf(desk, ready.begun.corrects) } as const) : null;
  return {
    language, prefill: record ? {} : given.prefill, fixed: given.fixed, record,
    attachments: await listsFor(desk, ready),
    counter: String((await rooms.outbox.written()) + 1),
    xml: () => Promise.resolve(ready.xml),
    wrote: (payload) => keeper.touched(async () => halfOf(await payload())),
    keep: (payload, nodes) => keep(desk, ready, keeper, payload, nodes, done),
  };
}

/** Photos of a record of this phone, by the names that stand in it. */
async function photosOf({ rooms }: Desk, entry: string): Promise<File[]> {
  const found: File[] = [];
  for (const name of await rooms.photos.names(entry)) {
    const photo = await rooms.photos.get(entry, name);
    if (photo) found.push(new File([photo], name, { type: photo.type }));
  }
  return found;
}

async function halfOf(payload: Payload): Promise<Half> {
  return { xml: await recordIn(payload), files: payload.parts.filter(({ name }) => name !== RECORD).map(({ file }) => file) };
}

async function recordIn(payload: Payload): Promise<string> {
  return (await payload.parts.find((part) => part.name === RECORD)?.file.text()) ?? "";
}

async function keep(desk: Desk, ready: Ready, keeper: DraftKeeper, payload: Payload, nodes: readonly FormNode[], done: (id: string) => void): Promise<Outcome> {
  const { rooms, said, words } = desk;
  try {
    const xml = await recordIn(payload);
    const about = aboutOf(
      { form: ready.form, version: ready.version, formXml: ready.xml, recordXml: xml, person: ready.begun.person, family: ready.begun.family },
      nodes, said,
    );
    for (const { name, file } of payload.parts) {
      if (name === RECORD) continue;
      await rooms.photos.add(payload.instanceId, file.name, file.type.startsWith("image/") ? await rooms.photos.tidy(file) : file);
    }
    await keeper.close();
    await rooms.outbox.add(payload.instanceId, xml, { about, also: await leaving(rooms.disk, ready.begun) });
  } catch (error) {
    console.warn("record not saved", error);
    keeper.reopen();
    return { kind: "notSaved", sentence: words.notSaved };
  }
  rooms.loop.saved();
  desk.saved();
  done(payload.instanceId);
  return { kind: "accepted", redirect: "" };
}
