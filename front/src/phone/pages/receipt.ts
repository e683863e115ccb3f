/** The receipt of a record of this phone: saved here, then what the server said, and what follows as far as is known. */

import { html, nothing } from "lit-html";

import type { Advice, Told } from "../../field/follows";
import { byUrgency, stateOn } from "../../field/met";
import type { Mine } from "../../field/written";
import { fill, textIn } from "../words";
import { icon } from "./icons";
import { notHere } from "./not_here";
import { type Desk, type Page, to } from "./page";
import { aboutWhom, type Piece, titleOf } from "./pieces";
import { correctLink } from "./person";

const WAITS = new Set(["open", "overdue", "due_soon", "coming", "unknown"]);
const SHOWN_NEXT = 4;

export async function receipt(desk: Desk): Promise<Page> {
  const { words, book } = desk;
  const one = book.record(desk.at.path[1] ?? "");
  if (!one) return notHere(desk);
  const { title, more, good } = standing(desk, one);
  const whom = aboutWhom(desk, one);
  const told = await desk.rooms.follows.of(one.id);
  return {
    title: words.saved,
    width: "reading",
    body: html`${urgent(desk, told)}
      <section class="receipt ${good ? "" : "waits"}" role="status">
        ${icon(good ? "done" : "warning")}
        <h1 tabindex="-1">${title}</h1>
        <p>${titleOf(desk, one)}${whom ? ` · ${whom}` : ""}</p>
        <p>${more}</p>
        ${one.why ? html`<p>${one.why.text}</p>` : nothing}
      </section>
      ${advice(desk, one, told)} ${doses(desk, told)} ${await follows(desk, one)} ${correctLink(desk, one)} ${doing(desk, one)}`,
  };
}

function standing({ words }: Desk, { stands }: Mine): { title: string; more: string; good: boolean } {
  switch (stands) {
    case "unsent":
      return { title: words.saved, more: words.savedMore, good: true };
    case "sent":
      return { title: words.inForce, more: words.sentMore, good: true };
    case "applied":
      return { title: words.inForce, more: words.inForceMore, good: true };
    case "review":
      return { title: words.looked, more: words.todoReview, good: false };
    case "quarantined":
      return { title: words.setAside, more: words.setAsideMore, good: false };
    case "not_kept":
      return { title: words.notKept, more: words.notKeptMore, good: false };
  }
}

// ---------------------------------------------------------------- what the server said to it

function urgent({ words, language }: Desk, told: Told | null): Piece {
  const now = (told?.advice ?? []).filter(({ level }) => level === "urgent");
  return html`${now.map(({ text }) => html`<section class="urgent" role="alert"><h2>${icon("warning")} ${words.doNow}</h2><p>${textIn(language, text)}</p></section>`)}`;
}

function advice(desk: Desk, one: Mine, told: Told | null): Piece {
  const { words, language, book } = desk;
  const home = book.light(one.about?.person ?? "")?.family ?? "";
  const baby = ({ newcomer }: Advice) => newcomer && home && book.form("person")
    ? html`<p><a class="second" href=${to(["newcomer"], { household: home })}>${icon("plus")} ${words.writeBaby}</a></p>` : nothing;
  const other = (told?.advice ?? []).filter(({ level }) => level !== "urgent");
  return html`${other.map((each) => html`<section class="advice ${each.level}"><h2>${each.level === "soon" ? words.soon : words.goodToKnow}</h2><p>${textIn(language, each.text)}</p>${baby(each)}</section>`)}`;
}

function doses({ words }: Desk, told: Told | null): Piece {
  if (!told?.doses.length) return nothing;
  return html`<section class="sheet pad"><h2>${words.dosesOfThis}</h2><ul class="dose-words">${told.doses.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>`;
}

/** The visits this record met, and what of the person's plan is still to come. */
async function follows(desk: Desk, one: Mine): Promise<Piece> {
  const { words, book, said } = desk;
  const found = one.about?.person ? await book.person(one.about.person) : undefined;
  if (!found) return nothing;
  const open = book.going(found.id, found.visits.filter((visit) => visit.met === null));
  const met = book.metOf(found.id, open);
  const done = open.filter((visit) => met.get(visit.key)?.id === one.id);
  const next = open.filter((visit) => !met.has(visit.key) && WAITS.has(stateOn(visit, said.today))).sort(byUrgency).slice(0, SHOWN_NEXT);
  return html`${done.map((visit) => html`<p class="note good">${icon("done")} ${fill(words.meets, { title: textIn(desk.language, visit.title) || visit.contact })}</p>`)}
    <section class="sheet"><h2>${one.counts ? words.nextKnown : words.follows}</h2>
      <ul class="rows">
        ${next.map((visit) => html`<li class="pad"><strong>${textIn(desk.language, visit.title) || visit.contact}</strong><br /><span class="soft">${said.when(visit)}</span></li>`)}
        ${one.counts ? html`<li class="pad soft">${words.laterKnown}</li>` : next.length ? nothing : html`<li class="pad soft">${words.noneNext}</li>`}
      </ul>
    </section>`;
}

function doing(desk: Desk, one: Mine): Piece {
  const { words, book } = desk;
  const made = one.about?.says.find((says) => says.creates);
  const person = one.about?.person ? book.light(one.about.person) : undefined;
  const home = book.family(made?.list === "household" ? made.id : (person?.family ?? one.about?.family ?? null));
  const toHer = person ? html`<a class="second" href=${to(["person", person.id])}>${fill(words.toName, { name: person.listed ? person.name : words.notListed })}</a>` : nothing;
  const newcomer = (face: string) => (home && book.form("person") ? html`<a class="big" href=${to(["newcomer"], { household: home.id })}>${icon("plus")} ${face}</a>` : nothing);
  if (made?.list === "household" && home) return html`<div class="doing">${newcomer(words.whoLivesThere)}<a class="second" href=${to(["family", home.id])}>${words.toFamily}</a></div>`;
  if (made?.list === "person" && person) return html`<div class="doing">${newcomer(words.anotherPerson)} ${toHer}</div>`;
  return html`<div class="doing"><a class="big" href=${to(["today"])}>${words.toFirst}</a> ${toHer}
    ${person || !home ? nothing : html`<a class="second" href=${to(["family", home.id])}>${words.toFamily}</a>`}</div>`;
}
