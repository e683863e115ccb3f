/** Pieces that several pages show. */

import { html, nothing, type TemplateResult } from "lit-html";

import type { Family } from "../../field/pulled";
import type { Light } from "../../field/replica";
import type { Mine } from "../../field/written";
import type { Fresh } from "../book";
import { fill, textIn } from "../words";
import { icon } from "./icons";
import { type Desk, to } from "./page";

export type Piece = TemplateResult | typeof nothing;

export function nameOf(desk: Desk, person: Pick<Light, "name" | "listed">): string {
  return person.listed ? person.name : desk.words.notListed;
}

export function placeName(desk: Desk, id: number | null): string {
  const place = desk.book.place(id);
  return place ? textIn(desk.language, place.name) : "";
}

export function homeName(desk: Desk, family: Family): string {
  return `${placeName(desk, family.place)} ${fill(desk.words.number, { number: family.number })}`.trim();
}

/** '东坡村 36号' of a person: her family's, else her place alone. */
export function whereOf(desk: Desk, person: Pick<Light, "family" | "place">): string {
  const family = desk.book.family(person.family);
  return family ? homeName(desk, family) : placeName(desk, person.place);
}

export function freshMark(desk: Desk, fresh: Fresh): Piece {
  const { words } = desk;
  if (fresh === "") return nothing;
  return html`<span class="unsent-mark">${fresh === "new" ? words.newHere : fresh === "looked" ? words.newLooked : words.changedHere}</span>`;
}

export function wishOf(desk: Desk, person: Pick<Light, "wish" | "family">): string {
  const family = desk.book.family(person.family);
  return family && !family.visits ? desk.words.noVisits : person.wish;
}

export function callLink(desk: Desk, person: Pick<Light, "name" | "phone" | "listed">, face?: string): Piece {
  if (!person.phone || !person.listed) return nothing;
  return html`<a class="second call" href="tel:${person.phone.replace(/[^\d+]/g, "")}" aria-label=${face ? nothing : fill(desk.words.callName, { name: person.name })}>
    ${icon("phone")}<span>${face ?? desk.words.call}</span></a>`;
}

export function personRow(desk: Desk, person: Light & { readonly fresh: Fresh }, where = true): TemplateResult {
  const more = [desk.said.age(person.born), where ? whereOf(desk, person) : ""].filter(Boolean).join(" · ");
  return html`<li><a class="row-link" href=${to(["person", person.id])}>
    <span><strong>${nameOf(desk, person)}</strong> <span class="soft">${more}</span> ${freshMark(desk, person.fresh)}</span>${icon("onward")}</a></li>`;
}

export function aboutWhom(desk: Desk, one: Mine): string {
  const person = one.about?.person ? desk.book.light(one.about.person) : undefined;
  const family = one.about?.family ? desk.book.family(one.about.family) : undefined;
  if (person) return nameOf(desk, person);
  return family ? homeName(desk, family) : (one.about?.says.find((says) => says.creates)?.label ?? "");
}

export function titleOf(desk: Desk, one: Mine): string {
  return one.about ? textIn(desk.language, one.about.title) : desk.words.unknownRecord;
}

const GOOD = new Set(["applied", "sent"]);

export function standsMark(desk: Desk, one: Mine): TemplateResult {
  const face = desk.words[`stands_${one.stands}`];
  return html`<span class="state ${GOOD.has(one.stands) ? "open" : one.stands === "unsent" ? "unsent" : "overdue"}">${face}</span>`;
}

export function answers(lines: readonly (readonly [string, string])[]): TemplateResult {
  return html`<dl class="answers">${lines.map(([question, answer]) => html`<div><dt>${question}</dt><dd>${answer}</dd></div>`)}</dl>`;
}

/** 'Earlier ones' and 'More' below a long list. */
export function pager(desk: Desk, path: readonly string[], asked: Readonly<Record<string, string>>, from: number, size: number, all: number): Piece {
  const { words } = desk;
  if (from === 0 && all <= size) return nothing;
  const at = (n: number) => to(path, n ? { ...asked, from: String(n) } : asked);
  return html`<nav class="pages" aria-label=${words.morePages}>
    ${from > 0 ? html`<a class="second" href=${at(Math.max(0, from - size))}>${words.earlier}</a>` : nothing}
    ${from + size < all ? html`<a class="second" href=${at(from + size)}>${words.more}</a>` : nothing}
  </nav>`;
}

export function fromOf(desk: Desk): number {
  const typed = desk.at.asked.get("from") ?? "";
  return /^\d{1,6}$/.test(typed) ? Number(typed) : 0;
}

export function typedIn(form: HTMLFormElement, name: string): string {
  return (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
}
