/** One form on the phone, for a person, a family, or to write somebody new down; also a record of this phone, to correct it. */

import { html, nothing } from "lit-html";

import { DoorstepForm } from "../../forms/component";
import { type Begun, type Draft, draftOf, DraftKeeper, throwAway } from "../drafts";
import { givenFor, type Ready, supplyFor } from "../filling";
import { fill as put, textIn } from "../words";
import { toldOfNewcomer } from "./find";
import { notHere } from "./not_here";
import { type Desk, type Page, to } from "./page";
import { homeName, nameOf, type Piece } from "./pieces";

interface Open {
  ready: Promise<Ready | null> | null;
  element: DoorstepForm | null;
  tight: boolean;
}

export async function fill(desk: Desk): Promise<Page> {
  const open = desk.memory<Open>(() => ({ ready: null, element: null, tight: false }));
  open.ready ??= prepare(desk);
  const ready = await open.ready;
  if (!ready) return desk.book.form(desk.at.path[1] ?? "") ? notFetched(desk) : notHere(desk);
  if (!open.element) {
    open.tight = await desk.rooms.room.tight();
    open.element = await elementFor(desk, ready);
  }
  return page(desk, ready, open);
}

/** Everything the form stands on; null when something of it is not on this phone. */
async function prepare(desk: Desk): Promise<Ready | null> {
  const { at, book, replica, rooms } = desk;
  const corrects = at.asked.get("correct") ?? "";
  const record = corrects ? await rooms.outbox.item(corrects) : undefined;
  const form = book.form(at.path[1] ?? "");
  if (!form || (corrects && !record?.about)) return null;
  const begun: Begun = {
    form: form.id, corrects,
    person: record?.about ? (form.who && form.subject === "person" ? record.about.person : "") : (at.asked.get("person") ?? ""),
    family: record?.about ? (form.who && form.subject === "household" ? record.about.family : "") : (at.asked.get("household") ?? ""),
  };
  const person = begun.person ? await book.person(begun.person) : undefined;
  if (begun.person && !person) return null;
  const draft = await draftOf(rooms.disk, begun);
  const version = draft?.version ?? record?.about?.version ?? form.version;
  const xml = await replica.xml(form.id, version);
  return xml === undefined ? null : { form, version, xml, begun, draft, correct: record?.xml ?? "", person };
}

async function elementFor(desk: Desk, ready: Ready): Promise<DoorstepForm> {
  const { rooms } = desk;
  const keeper = new DraftKeeper(rooms.disk, { ...ready.begun, version: ready.version }, () => rooms.clock.now());
  desk.before(() => keeper.flush());
  const given = givenFor(ready, ready.form.id === "person" ? toldOfNewcomer() : {});
  const element = document.createElement("doorstep-form") as DoorstepForm;
  element.supply = await supplyFor(desk, ready, given, keeper, (id) => desk.go(to(["receipt", id])));
  return element;
}

function page(desk: Desk, ready: Ready, open: Open): Page {
  const { words, said } = desk;
  const title = textIn(desk.language, ready.form.title);
  const record = ready.begun.corrects ? desk.book.record(ready.begun.corrects) : undefined;
  return {
    title: words.fillIn,
    width: "reading",
    filling: true,
    body: html`<p class="trail">${backLink(desk, ready)}</p>
      <h1 tabindex="-1">${title}</h1>
      ${open.tight ? html`<p class="trouble" role="alert">${words.formTight}</p>` : nothing}
      ${record?.about ? html`<p class="note">${put(words.correcting, { day: said.day(record.about.on) })}</p>` : nothing}
      ${ready.draft ? draftNote(desk, ready, ready.draft) : nothing} ${open.element}`,
  };
}

function backLink(desk: Desk, { person, begun }: Ready): Piece {
  const { words, book } = desk;
  const home = begun.family ? book.family(begun.family) : undefined;
  if (person) return html`<a href=${to(["person", person.id])}>${put(words.backTo, { name: nameOf(desk, person) })}</a>`;
  if (home) return html`<a href=${to(["family", home.id])}>${words.backFamily}</a>`;
  return html`<a href=${begun.corrects ? to(["outbox"]) : to(["today"])}>${words.back}</a>`;
}

function draftNote(desk: Desk, { begun, form, version }: Ready, draft: Draft): Piece {
  const { words, said, rooms } = desk;
  const anew = async () => {
    if (!window.confirm(words.draftSure)) return;
    await throwAway(rooms.disk, begun);
    desk.go(desk.hash);
  };
  return html`<div class="note" role="status"><p>${put(words.draftFound, { when: said.moment(draft.at) })} ${version === form.version ? "" : words.draftOld}</p>
    <button type="button" class="second small" @click=${() => void anew()}>${words.draftAnew}</button></div>`;
}

/** The name of a family or person on a form's page stands in the form itself. */
export function begunFor(desk: Desk, draft: Draft): string {
  const person = draft.person ? desk.book.light(draft.person) : undefined;
  const home = draft.family ? desk.book.family(draft.family) : undefined;
  return person ? nameOf(desk, person) : home ? homeName(desk, home) : "";
}

function notFetched({ words }: Desk): Page {
  return {
    title: words.fillIn,
    width: "reading",
    body: html`<section class="calm"><h1 tabindex="-1">${words.formNotHere}</h1><p><a class="big" href=${to(["today"])}>${words.toToday}</a></p></section>`,
  };
}
