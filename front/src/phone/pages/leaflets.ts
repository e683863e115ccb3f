/** What the programmes say to anybody, to be read or shown at the door; the methods in a new order at every view. */

import { html, nothing } from "lit-html";

import type { Leaflet, Method } from "../../field/pulled";
import { icon } from "./icons";
import { notHere } from "./not_here";
import { type Desk, type Page, to } from "./page";
import type { Piece } from "./pieces";

export async function leaflets(desk: Desk): Promise<Page> {
  const { words, replica, at } = desk;
  const all = (await replica.leaflets())?.leaflets ?? [];
  const [, id] = at.path;
  if (!id) return list(desk, all);
  const found = all.find((one) => one.id === id);
  if (!found) return notHere(desk);
  const { methods } = desk.memory(() => ({ methods: thrown(found.methods) }));
  return {
    title: words.leaflets,
    width: "reading",
    body: html`<p class="trail"><a href=${to(["leaflets"])}>${words.leaflets}</a></p>
      <article class="leaflet"><h1 tabindex="-1">${found.title}</h1>
        ${methods.length ? html`<p class="soft">${words.methodsOrder}</p>` : nothing}
        ${found.words.map((one) => html`<p>${one}</p>`)} ${methods.map((one) => method(desk, one))}
        <h2>${words.whereFrom}</h2>
        <ul>${found.sources.map(([title, verified]) => html`<li>${title}${verified ? "" : ` ${words.secondHand}`}</li>`)}</ul>
      </article>`,
  };
}

function list({ words }: Desk, all: readonly Leaflet[]): Page {
  return {
    title: words.leaflets,
    width: "reading",
    body: html`<h1 tabindex="-1">${words.leaflets}</h1><p class="soft">${words.leafletsMore}</p>
      ${all.length
        ? html`<ul class="rows sheet">${all.map(({ id, title }) => html`<li><a class="row-link" href=${to(["leaflets", id])}><strong>${title}</strong>${icon("onward")}</a></li>`)}</ul>`
        : html`<p class="soft">${words.notFetched}</p>`}`,
  };
}

function method({ words }: Desk, { title, where, figures, parts, caution, fine }: Method): Piece {
  const cases = (told: readonly (readonly [string, string])[], said: boolean) => html`<ul>${told.map(([when, what]) => html`<li>${when}${said ? html`: <strong>${what}</strong>` : nothing}</li>`)}</ul>`;
  return html`<section class="sheet pad"><h2>${title}</h2><p class="soft">${where}</p>
    ${figures.length ? html`<p>${figures.map((one, at) => html`${at ? html`<br />` : nothing}${one}`)}</p>` : nothing}
    <dl class="answers">${parts.map(([heading, said]) => html`<div><dt>${heading}</dt><dd>${said}</dd></div>`)}
      ${caution.length ? html`<div><dt>${words.safetyTable}</dt><dd>${cases(caution, true)}</dd></div>` : nothing}</dl>
    ${fine.length ? html`<details><summary class="quiet">${words.canBeUsed}</summary>${cases(fine, false)}</details>` : nothing}</section>`;
}

/** None stands first by habit. */
function thrown<T>(all: readonly T[]): T[] {
  const left = [...all];
  const dice = crypto.getRandomValues(new Uint32Array(left.length));
  return [...dice].map((number) => left.splice(number % left.length, 1)[0] as T);
}
