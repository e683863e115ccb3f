/** One person: what is next and why, how far her care has come, what was written, what can be done. */

import { html, nothing } from "lit-html";

import { byUrgency, stateOn } from "../../field/met";
import type { Card, Course, Fillable, GivenDose, Person, Service, Visit, Written } from "../../field/pulled";
import type { Light } from "../../field/replica";
import type { Mine } from "../../field/written";
import { SERVICE_END, SERVICE_WANTED } from "../about";
import type { Shown } from "../book";
import { sayService } from "../service";
import { fill, textIn } from "../words";
import { grownPart } from "./growth";
import { icon } from "./icons";
import { notHere } from "./not_here";
import { type Desk, type Page, to } from "./page";
import { answers, callLink, freshMark, homeName, nameOf, type Piece, standsMark, titleOf, wishOf } from "./pieces";

const DONE_WITH = new Set(["met", "missed"]);
const CONSENT = "consent"; // may be asked again of anybody, any day
const CONFLICT = "intake.other_content";

export async function person(desk: Desk): Promise<Page> {
  const { words, book, said } = desk;
  const id = desk.at.path[1] ?? "";
  const [found, light] = [await book.person(id), book.light(id)];
  if (!found || !light) return notHere(desk);
  const lines = found.grown?.length ? ((await desk.replica.leaflets())?.lines ?? {}) : {};
  const met = book.metOf(id, found.visits.filter((visit) => visit.met === null));
  const waiting = book
    .going(id, found.visits)
    .filter((visit) => met.has(visit.key) || !DONE_WITH.has(stateOn(visit, said.today)))
    .sort(byUrgency);
  const soon = waiting.filter((visit) => met.has(visit.key) || stateOn(visit, said.today) !== "coming");
  const now = soon.length ? soon : waiting.slice(0, 1);
  const later = waiting.filter((visit) => !now.includes(visit));
  return {
    title: words.person,
    body: html`${head(desk, light)}
      <div class="person-page">
        <div class="person-now">
          ${now.length
            ? html`<section class="part" aria-labelledby="next"><h2 id="next">${words.next}</h2>
                <ul class="visits">${now.map((visit) => visitLine(desk, id, visit, met.get(visit.key)))}</ul>
                ${later.length ? html`<details class="later"><summary class="quiet">${fill(words.laterMore, { n: later.length })}</summary><ul class="visits">${later.map((visit) => visitLine(desk, id, visit, undefined))}</ul></details>` : nothing}
              </section>`
            : html`<section class="sheet pad"><p>${found.v ? words.noneNext : words.noneNew}</p></section>`}
          ${found.courses.map((course) => coursePart(desk, course))}
          ${(found.cards ?? []).map((card) => cardPart(desk, card))} ${(found.grown ?? []).map((one) => grownPart(desk, lines, one))}
        </div>
        <aside class="person-side">${sides(desk, found)}</aside>
        <section class="part person-past" aria-labelledby="records"><h2 id="records">${words.records}</h2>${past(desk, id, found.records)}</section>
      </div>`,
  };
}

function head(desk: Desk, light: Shown<Light>): Piece {
  const { words, said, book } = desk;
  const home = book.family(light.family);
  const wish = wishOf(desk, light);
  return html`<header class="person-head">
    ${home ? html`<p class="trail"><a href=${to(["family", home.id])}>${homeName(desk, home)}</a></p>` : nothing}
    <h1 tabindex="-1">${nameOf(desk, light)}</h1>
    <p class="person-facts">
      ${light.listed ? html`<span>${said.age(light.born)}</span> ${light.born ? html`<span class="soft">${fill(words.born, { day: said.day(light.born) })}</span>` : nothing}` : nothing}
      ${home?.listed && home.address ? html`<span class="soft">${home.address}</span>` : nothing}
      ${light.here ? nothing : html`<span class="wish">${words.notLivingHere}</span>`}
      ${wish ? html`<span class="wish">${wish}</span>` : nothing} ${freshMark(desk, light.fresh)}
    </p>
    ${callLink(desk, light, light.phone)}
  </header>`;
}

function visitLine(desk: Desk, person: string, visit: Visit, met: Mine | undefined): Piece {
  const { words, said } = desk;
  const state = stateOn(visit, said.today);
  const title = textIn(desk.language, visit.title) || visit.contact;
  return html`<li class="visit ${met ? "" : state}">
    <div class="visit-what">
      <strong class="next-title">${title}</strong>
      ${met
        ? html`<span class="unsent-mark">${met.stands === "unsent" ? words.writtenHere : words.writtenSent}</span>`
        : html`<span class="state ${state}">${said.state(visit)}</span><span class="visit-when">${said.when(visit)}</span>`}
      ${visit.why.length && !met ? html`<details class="why"><summary>${words.why}</summary><div class="why-text">${visit.why.map((line) => html`<p>${line}</p>`)}</div></details>` : nothing}
    </div>
    <div class="visit-do">
      ${met
        ? html`<a class="second" href=${to(["receipt", met.id])}>${words.toOutboxOne}</a>`
        : html`<a class=${state === "coming" ? "second" : "big"} href=${to(["fill", visit.form], { person })} aria-label="${words.fillIn} ${title}">${words.fillIn}</a>`}
    </div>
  </li>`;
}

function coursePart(desk: Desk, course: Course): Piece {
  const { counts } = course;
  const far = counts && counts.since <= desk.said.today ? desk.said.soFar(counts.unit, counts.since) : "";
  return html`<section class="sheet pad course"><h2>${textIn(desk.language, course.title)}</h2>
    ${far || course.headline ? html`<p class="strip-head"><strong>${far}</strong> <span>${course.headline}</span></p>` : nothing}
    ${course.known.length
      ? html`<dl class="known">${course.known.map(([label, value, on]) => html`<div><dt>${label}</dt><dd>${value} ${on ? html`<span class="soft">${desk.said.day(on)}</span>` : nothing}</dd></div>`)}</dl>`
      : nothing}
  </section>`;
}

/** The doses that were given; the next ones stand above, among the visits. */
function cardPart({ words, said, language }: Desk, card: Card): Piece {
  const dose = ({ on, title, counts, words: why }: GivenDose) => html`<li class=${counts ? "counts" : "not"}>${icon(counts ? "done" : "warning")}
    <span><strong>${on ? said.wholeDay(on) : words.dayNotKnown}</strong> <span class="soft">${textIn(language, title)}</span>${why ? html`<br />${why}` : nothing}</span></li>`;
  return html`<details class="sheet pad"><summary><h2>${textIn(language, card.title)}</h2></summary>
    ${card.chains.map(({ title, given }) => html`<h3>${textIn(language, title) || words.keptBesides}</h3><ul class="card-doses">${given.map(dose)}</ul>`)}</details>`;
}

// ---------------------------------------------------------------- what can be done

function sides(desk: Desk, found: Person): Piece {
  const consent = found.family !== null && desk.book.form(CONSENT) && !found.forms.some((one) => one.form === CONSENT);
  const forms = [...found.forms, ...(consent ? [{ form: CONSENT, prefill: {}, part: "own" } as const] : [])];
  const parts = (["care", "asked", "own"] as const).map((part) => offers(desk, found.id, part, forms.filter((one) => one.part === part)));
  return html`${parts[0]} ${parts[1]} ${services(desk, found)} ${parts[2]}`;
}

function offers(desk: Desk, person: string, part: Fillable["part"], forms: readonly Fillable[]): Piece {
  const rows = forms.flatMap(({ form }) => desk.book.form(form) ?? []);
  if (!rows.length) return nothing;
  return html`<section class="sheet"><h2>${desk.words[part]}</h2>
    <ul class="rows">${rows.map((form) => html`<li><a class="row-link" href=${to(["fill", form.id], { person })}><strong>${textIn(desk.language, form.title)}</strong>${icon("onward")}</a></li>`)}</ul>
  </section>`;
}

function services(desk: Desk, found: Person): Piece {
  const { words, book } = desk;
  if (!found.services.length || !book.form(SERVICE_END) || !book.form(SERVICE_WANTED)) return nothing;
  return html`<section class="sheet" id="services"><h2>${words.services}</h2>
    <ul class="rows">${found.services.map((service) => html`<li class="pad service">${serviceLine(desk, found, service)}</li>`)}</ul>
  </section>`;
}

function serviceLine(desk: Desk, found: Person, service: Service): Piece {
  const { words, said, book } = desk;
  const memory = desk.memory(() => ({ busy: false, trouble: "" }));
  const last = book.of(found.id).filter(({ about }) => about.service === service.id && [SERVICE_END, SERVICE_WANTED].includes(about.form)).at(-1);
  const ended = last ? last.about.form === SERVICE_END : service.ended !== null;
  const press = async () => {
    if (memory.busy) return;
    memory.busy = true;
    const saved = await sayService(desk, found, service, !ended);
    Object.assign(memory, { busy: false, trouble: saved ? "" : service.id });
    desk.redraw();
  };
  return html`<span><strong>${textIn(desk.language, service.title)}</strong>
      ${last ? html`<br /><span class="unsent-mark">${ended ? words.endedHere : words.writtenHere}</span>` : ended && service.ended ? html`<br /><span class="soft">${fill(words.ended, { day: said.day(service.ended) })}</span>` : nothing}
      ${memory.trouble === service.id ? html`<br /><span class="trouble" role="alert">${words.serviceNotSaved}</span>` : nothing}
    </span>
    <button type="button" class="second small" @click=${() => void press()}>${ended ? words.wantedAgain : words.notWanted}</button>`;
}

// ---------------------------------------------------------------- what was written

function past(desk: Desk, person: string, pulled: readonly Written[]): Piece {
  const { words, book } = desk;
  const own = new Map(book.mine.filter((one) => one.about?.person === person).map((one) => [one.id, one]));
  const here = [...own.values()].filter((one) => !pulled.some(({ id }) => id === one.id)).reverse();
  if (!here.length && !pulled.length) return html`<p class="soft">${words.nothingWritten}</p>`;
  return html`<ul class="timeline">
    ${here.map((one) => html`<li>${ownRecord(desk, one)}</li>`)} ${pulled.map((one) => html`<li>${pulledRecord(desk, one, own.get(one.id))}</li>`)}
  </ul>`;
}

function ownRecord(desk: Desk, one: Mine): Piece {
  const { words, said } = desk;
  return html`<details class="record">
    <summary><span class="record-day">${one.about ? said.day(one.about.on) : ""}</span> <strong>${titleOf(desk, one)}</strong> ${one.corrected ? html`<span class="state">${words.replaced}</span>` : standsMark(desk, one)}</summary>
    <div class="record-body">${one.why ? html`<p class="note">${one.why.text}</p>` : nothing} ${answers(one.about?.lines ?? [])} ${correctLink(desk, one)}</div>
  </details>`;
}

function pulledRecord(desk: Desk, record: Written, own: Mine | undefined): Piece {
  const { words, said } = desk;
  const two = own?.why?.code === CONFLICT;
  const mark = two ? words.twoVersions : record.stands === "review" ? words.notCounted : record.stands === "replaced" ? words.replaced : record.stands === "refused" ? words.refused : "";
  return html`<details class="record" ?open=${two}>
    <summary><span class="record-day">${said.day(record.on)}</span> <strong>${textIn(desk.language, record.title)}</strong> <span class="soft">${record.by}</span>
      ${mark ? html`<span class="state ${record.stands === "replaced" && !two ? "" : "overdue"}">${mark}</span>` : nothing}</summary>
    <div class="record-body">
      ${two && own
        ? html`<p class="note">${words.twoVersionsMore}</p><div class="two"><div><h3>${words.thisPhone}</h3>${answers(own.about?.lines ?? [])}</div><div><h3>${words.atServer}</h3>${answers(record.lines)}</div></div>`
        : html`${answers(record.lines)} ${own && record.stands !== "replaced" ? correctLink(desk, own) : nothing}`}
    </div>
  </details>`;
}

/** What this phone wrote can be corrected on it; the bytes of others' records are not here. */
export function correctLink(desk: Desk, one: Mine): Piece {
  const fits = one.about && !one.corrected && one.stands !== "quarantined" && one.stands !== "not_kept" && one.why?.code !== CONFLICT;
  const byPress = one.about?.form === SERVICE_END || one.about?.form === SERVICE_WANTED;
  if (!fits || byPress || !one.about || !desk.book.form(one.about.form)) return nothing;
  return html`<a class="quiet-link" href=${to(["fill", one.about.form], { correct: one.id })}>${desk.words.correct}</a>`;
}
