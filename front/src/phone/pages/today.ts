/** Whom to visit: overdue, now, coming, and what was already written on this phone. */

import { html, nothing, type TemplateResult } from "lit-html";

import { SECTIONS } from "../../field/met";
import type { Line } from "../book";
import { fill, textIn } from "../words";
import { icon } from "./icons";
import { type Desk, type Page, to } from "./page";
import { callLink, fromOf, nameOf, pager, whereOf, wishOf } from "./pieces";

const PAGE = 50;

interface Opened {
  readonly why: Map<string, readonly string[]>; // by visit, once asked for
}

export function today(desk: Desk): Page {
  const { words, said, book } = desk;
  const { parts, here } = book.today(said.today);
  const all = SECTIONS.flatMap((name) => parts[name].map((line) => ({ name, line })));
  const from = Math.min(fromOf(desk), all.length);
  const shown = all.slice(from, from + PAGE);
  return {
    title: words.today,
    body: html`<div class="heading"><div><h1 tabindex="-1">${words.today}</h1><p class="soft">${said.wholeDay(said.today)}</p></div></div>
      ${desk.rooms.loop.standing.first && all.length ? html`<p class="note" role="status">${words.arriving}</p>` : nothing}
      ${SECTIONS.map((name) => {
        const lines = shown.filter((one) => one.name === name).map((one) => one.line);
        return lines.length
          ? html`<section class="part ${name}" aria-labelledby="part-${name}">
              <h2 id="part-${name}">${words[`part_${name}`]} <span class="count">${parts[name].length}</span></h2>
              <ul class="visits">${lines.map((line) => visitLine(desk, line))}</ul>
            </section>`
          : nothing;
      })}
      ${all.length ? nothing : calm(desk)}
      ${pager(desk, ["today"], {}, from, PAGE, all.length)}
      ${here.length
        ? html`<section class="part here" aria-labelledby="part-here">
            <h2 id="part-here">${words.part_here} <span class="count">${here.length}</span></h2>
            <ul class="visits">${here.map((line) => visitLine(desk, line))}</ul>
          </section>`
        : nothing}`,
  };
}

function calm(desk: Desk): TemplateResult {
  const { words } = desk;
  const forgotten = desk.book.me !== null && desk.book.heard.since === "";
  const empty = desk.book.me === null || forgotten;
  return html`<section class="calm">${icon(empty ? "families" : "done")}
    <h2>${empty ? words.nothingYet : words.nobodyWaits}</h2>
    <p class="soft">${forgotten ? words.forgotten : empty ? words.nothingYetMore : words.nobodyWaitsMore}</p></section>`;
}

function visitLine(desk: Desk, { person, visit, met }: Line): TemplateResult {
  const { words, said, book } = desk;
  const name = nameOf(desk, person);
  const wish = wishOf(desk, person);
  const id = `what-${visit.key.replace(/[^\w-]/g, "-")}`;
  return html`<li class="visit">
    <div class="visit-who">
      <a class="visit-name" href=${to(["person", person.id])}>${name}</a>
      <span class="soft">${person.listed ? said.age(person.born) : ""}</span>
      <span class="visit-where">${whereOf(desk, person)}</span>
    </div>
    <div class="visit-what">
      <strong id=${id}>${textIn(desk.language, visit.title) || visit.contact}</strong>
      ${met ? html`<span class="unsent-mark">${met.stands === "unsent" ? words.writtenHere : words.writtenSent}</span>` : html`<span class="visit-when">${said.when(visit)}</span>`}
      ${!met && book.of(person.id).some(({ about }) => about.form === visit.form) ? html`<span class="unsent-mark">${words.writtenSame}</span>` : nothing}
      ${wish ? html`<span class="wish">${wish}</span>` : nothing}
      ${visit.explained && !met ? why(desk, person.id, visit.key) : nothing}
    </div>
    <div class="visit-do">
      ${met ? nothing : callLink(desk, person)}
      ${met
        ? html`<a class="second" href=${to(["receipt", met.id])} aria-describedby=${id}>${words.toOutboxOne}</a>`
        : html`<a class="big" href=${to(["fill", visit.form], { person: person.id })} aria-label=${fill(words.fillInName, { name })} aria-describedby=${id}>${words.fillIn}</a>`}
    </div>
  </li>`;
}

/** The reasons are read from the person's own box when they are asked for. */
function why(desk: Desk, person: string, key: string): TemplateResult {
  const opened = desk.memory<Opened>(() => ({ why: new Map() }));
  const look = async (event: Event) => {
    if (!(event.target as HTMLDetailsElement).open || opened.why.has(key)) return;
    const found = await desk.book.person(person);
    opened.why.set(key, found?.visits.find((visit) => visit.key === key)?.why ?? []);
    desk.redraw();
  };
  return html`<details class="why" @toggle=${(event: Event) => void look(event)}>
    <summary>${desk.words.why}</summary>
    <div class="why-text" role="status">${(opened.why.get(key) ?? []).map((line) => html`<p>${line}</p>`)}</div>
  </details>`;
}
