/** Find a person among one's own, and begin to write somebody new down. What is typed never stands in an address. */

import { html, nothing, type TemplateResult } from "lit-html";

import { find as findAmong } from "../../field/find";
import type { Light } from "../../field/replica";
import type { Shown } from "../book";
import { fill } from "../words";
import { icon } from "./icons";
import { type Desk, type Page, to } from "./page";
import { homeName, personRow, typedIn, whereOf } from "./pieces";

function found(desk: Desk, typed: string): Shown<Light>[] {
  const { book } = desk;
  return findAmong(typed, book.everybody(), (family) => book.family(family)?.number ?? "") as Shown<Light>[];
}

export function find(desk: Desk): Page {
  const { words } = desk;
  const kept = desk.memory(() => ({ typed: "" }));
  const people = found(desk, kept.typed);
  const write = (event: Event) => {
    kept.typed = (event.target as HTMLInputElement).value;
    desk.redraw();
  };
  return {
    title: words.find,
    width: "reading",
    body: html`<h1 tabindex="-1">${words.findPerson}</h1>
      <form class="finder" role="search" @submit=${(event: Event) => event.preventDefault()}>
        <label class="field"><span>${words.findHint}</span>
          <input class="form-control" type="search" name="typed" .value=${kept.typed} @input=${write} autocomplete="off" autocapitalize="none"
            spellcheck="false" enterkeyhint="search" /></label>
      </form>
      <p class="visually-hidden" role="status">${kept.typed ? fill(words.foundCount, { count: people.length }) : ""}</p>
      ${people.length
        ? html`<ul class="rows sheet">${people.map((one) => personRow(desk, one))}</ul>`
        : html`<p class="soft">${kept.typed.trim() ? words.nobodyFound : words.findHere}</p>`}`,
  };
}

interface Newcomer {
  name: string;
  born: string;
  missing: boolean;
  alike: readonly Shown<Light>[];
}

/** Name and birth first, so that someone already here is not written down twice. */
export function newcomer(desk: Desk): Page {
  const { words } = desk;
  const household = desk.at.asked.get("household") ?? "";
  const home = desk.book.family(household);
  const kept = desk.memory<Newcomer>(() => ({ name: "", born: "", missing: false, alike: [] }));
  return {
    title: words.newPerson,
    width: "narrow",
    body: html`<h1 tabindex="-1">${words.newPerson}</h1>
      ${home ? html`<p class="soft">${homeName(desk, home)}</p>` : nothing}
      ${kept.alike.length ? alikePart(desk, kept, household) : askPart(desk, kept, household)}`,
  };
}

function askPart(desk: Desk, kept: Newcomer, household: string): TemplateResult {
  const { words, said } = desk;
  const submit = (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    kept.name = typedIn(form, "name").trim();
    kept.born = typedIn(form, "born");
    kept.missing = !kept.name;
    kept.alike = kept.name ? found(desk, kept.name).filter((one) => one.name === kept.name || (kept.born !== "" && one.born === kept.born)) : [];
    if (kept.name && !kept.alike.length) return goOn(desk, kept, household);
    desk.redraw();
  };
  return html`<p class="soft">${words.newcomerMore}</p>
    <form @submit=${submit} novalidate>
      ${kept.missing ? html`<div class="trouble" role="alert">${words.nameMissing}</div>` : nothing}
      <label class="field"><span>${words.name}</span><input class="form-control" name="name" .value=${kept.name} autocomplete="off" maxlength="60" required /></label>
      <label class="field"><span>${words.birthDate}</span><small>${words.birthHint}</small>
        <input class="form-control" type="date" name="born" .value=${kept.born} min="1900-01-01" max=${said.today} required /></label>
      <button class="big">${words.goOn}</button>
    </form>`;
}

function alikePart(desk: Desk, kept: Newcomer, household: string): TemplateResult {
  const { words, said } = desk;
  return html`<section class="warn" role="alert"><h2>${icon("warning")} ${words.alikeTitle}</h2><p>${words.alikeMore}</p>
    <ul class="rows">${kept.alike.map(
      (one) => html`<li><a class="row-link" href=${to(["person", one.id])}>
        <span><strong>${one.name}</strong><br /><span class="soft">${said.age(one.born)}${one.born ? ` (${said.day(one.born)})` : ""} · ${whereOf(desk, one)}</span></span>
        <span class="row-do">${words.thisOne}</span></a></li>`,
    )}</ul>
    <button class="second" @click=${() => goOn(desk, kept, household)}>${words.someoneNew}</button></section>`;
}

/** Her name goes along in memory, never in an address. */
let given: { readonly name: string; readonly birth_date: string } | null = null;

function goOn(desk: Desk, { name, born }: Newcomer, household: string): void {
  given = { name, birth_date: born };
  desk.go(to(["fill", "person"], household ? { household } : {}));
}

/** What was told of a newcomer on the page before, once. */
export function toldOfNewcomer(): Readonly<Record<string, string>> {
  const told = given;
  given = null;
  if (!told) return {};
  return { name: told.name, ...(told.birth_date ? { birth_date: told.birth_date } : {}) };
}
