/** Everything written on this phone, with what became of it. Nothing can be taken away here. */

import { html, nothing } from "lit-html";

import type { Mine } from "../../field/written";
import { type Draft, drafts } from "../drafts";
import { fill, textIn } from "../words";
import { icon } from "./icons";
import { begunFor } from "./fill";
import { type Desk, type Page, to } from "./page";
import { aboutWhom, type Piece, standsMark, titleOf } from "./pieces";

const SENT_SHOWN = 100;
const ROUND_START = "round_start"; // begun at the desk, where the whole round stands
const ASIDE = new Set(["review", "quarantined", "not_kept"]);

export async function outbox(desk: Desk): Promise<Page> {
  const { words, book, rooms } = desk;
  const half = await drafts(rooms.disk);
  const all = [...book.mine].reverse();
  const unsent = all.filter(({ stands }) => stands === "unsent");
  const aside = all.filter(({ stands, corrected }) => ASIDE.has(stands) && !corrected);
  const sent = all.filter((one) => !unsent.includes(one) && !aside.includes(one));
  return {
    title: words.outbox,
    width: "reading",
    body: html`<div class="heading"><div><h1 tabindex="-1">${words.outboxTitle}</h1><p class="soft">${words.outboxMore}</p></div></div>
      ${half.length ? html`<section class="sheet"><h2>${words.drafts} <span class="count">${half.length}</span></h2><ul class="rows">${half.map((one) => draftRow(desk, one))}</ul></section>` : nothing}
      ${part(desk, "aside", words.asidePart, aside)} ${part(desk, "unsent", words.unsentPart, unsent)} ${part(desk, "sent", words.sentPart, sent)}
      ${ownForms(desk)} ${all.length ? nothing : html`<section class="calm">${icon("form")}<h2>${words.outboxEmpty}</h2></section>`}`,
  };
}

/** Forms of the worker's own, and those about events for everybody: begun here, being about nobody. */
function ownForms({ words, book, language }: Desk): Piece {
  const forms = book.forms.filter(({ id, subject }) => subject === "none" || (subject === "place" && id !== ROUND_START));
  if (!forms.length) return nothing;
  return html`<section class="sheet outbox-own"><h2>${words.ownForms}</h2>
    <ul class="rows">${forms.map((form) => html`<li><a class="row-link" href=${to(["fill", form.id])}><strong>${textIn(language, form.title)}</strong>${icon("onward")}</a></li>`)}</ul></section>`;
}

function part(desk: Desk, name: string, title: string, records: readonly Mine[]): Piece {
  if (!records.length) return nothing;
  return html`<section class="sheet outbox-${name}"><h2>${title} <span class="count">${records.length}</span></h2>
    <ul class="rows">${records.slice(0, SENT_SHOWN).map((one) => row(desk, one))}</ul></section>`;
}

function row(desk: Desk, one: Mine): Piece {
  const { words, said } = desk;
  const todo = one.stands === "review" ? words.todoReview : one.stands === "quarantined" ? words.todoAside : "";
  return html`<li><a class="row-link" href=${to(["receipt", one.id])}>
    <span><strong>${titleOf(desk, one)}</strong> ${aboutWhom(desk, one)}<br />
      <span class="soft">${fill(words.writtenAt, { when: said.moment(one.writtenAt) })}</span> ${one.corrected ? html`<span class="state">${words.replaced}</span>` : standsMark(desk, one)}
      ${one.why ? html`<br /><span>${one.why.text}</span>` : nothing} ${todo ? html`<br /><span class="soft">${todo}</span>` : nothing}
    </span>${icon("onward")}</a></li>`;
}

function draftRow(desk: Desk, draft: Draft): Piece {
  const { words, said, book } = desk;
  const form = book.form(draft.form);
  if (!form) return nothing;
  const asked = { ...(draft.person && !draft.corrects ? { person: draft.person } : {}), ...(draft.family && !draft.corrects ? { household: draft.family } : {}), ...(draft.corrects ? { correct: draft.corrects } : {}) };
  return html`<li><a class="row-link" href=${to(["fill", draft.form], asked)}>
    <span><strong>${textIn(desk.language, form.title)}</strong> ${begunFor(desk, draft)}<br /><span class="soft">${said.moment(draft.at)}</span></span>
    <span class="row-do">${words.draftGoOn}</span></a></li>`;
}
