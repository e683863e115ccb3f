/** The families of one's own area in walking order, and one family. */

import { html, nothing } from "lit-html";

import { fill, textIn } from "../words";
import { icon } from "./icons";
import { notHere } from "./not_here";
import { type Desk, type Page, to } from "./page";
import { freshMark, fromOf, homeName, pager, personRow } from "./pieces";

const PAGE = 60;

export function families(desk: Desk): Page {
  const { words, book } = desk;
  const all = book.families();
  const places = book.servedPlaces.map((place) => ({ place, count: all.filter((family) => family.place === place.id).length })).filter(({ count }) => count);
  const chosen = places.find(({ place }) => String(place.id) === desk.at.asked.get("place")) ?? places[0];
  const own = chosen ? all.filter((family) => family.place === chosen.place.id) : all;
  const from = Math.min(fromOf(desk), own.length);
  return {
    title: words.families,
    body: html`<div class="heading">
        <div><h1 tabindex="-1">${words.myFamilies}</h1><p class="soft">${words.walkingOrder}${chosen ? ` · ${textIn(desk.language, chosen.place.name)}` : ""}</p></div>
        <div class="heading-do">${book.form("household") ? html`<a class="second" href=${to(["fill", "household"])}>${icon("plus")} ${words.newFamily}</a>` : nothing}</div>
      </div>
      ${places.length > 1
        ? html`<nav class="chips" aria-label=${words.places}>${places.map(
            ({ place, count }) => html`<a class="chip" href=${to(["families"], { place: String(place.id) })} aria-current=${place === chosen?.place ? "true" : nothing}>
              ${textIn(desk.language, place.name)} <span class="soft">${count}</span></a>`,
          )}</nav>`
        : nothing}
      ${own.length
        ? html`<ul class="families">${own.slice(from, from + PAGE).map(
            (family) => html`<li class="family">
              <a class="family-home" href=${to(["family", family.id])}>
                <strong>${fill(words.number, { number: family.number })}</strong>
                <span class="soft">${family.listed ? family.address : ""}</span>
                ${family.visits ? nothing : html`<span class="wish">${words.noVisits}</span>`} ${freshMark(desk, family.fresh)}
              </a>
              <span class="family-people">${people(desk, family.id, family.listed)}</span>
            </li>`,
          )}</ul>`
        : html`<section class="calm">${icon("families")}<h2>${book.me ? words.noFamilies : words.nothingYet}</h2></section>`}
      ${pager(desk, ["families"], chosen ? { place: String(chosen.place.id) } : {}, from, PAGE, own.length)}`,
  };
}

function people(desk: Desk, family: string, listed: boolean) {
  if (!listed) return html`<span class="soft">${desk.words.onlyNumber}</span>`;
  const found = desk.book.members(family);
  if (!found.length) return html`<span class="soft">${desk.words.nobodyYet}</span>`;
  return found.map((one) => html`<a class="person-chip" href=${to(["person", one.id])}>${one.name} <small>${desk.said.age(one.born)}</small></a>`);
}

export function family(desk: Desk): Page {
  const { words, book } = desk;
  const found = book.family(desk.at.path[1] ?? "");
  if (!found) return notHere(desk);
  const members = book.members(found.id);
  const change = book.form("household_change");
  return {
    title: words.family,
    width: "reading",
    body: html`<p class="trail"><a href=${to(["families"], { place: String(found.place) })}>${words.myFamilies}</a></p>
      <div class="heading"><div>
        <h1 tabindex="-1">${homeName(desk, found)}</h1>
        <p class="soft">${found.listed ? found.address : ""}</p>
        ${found.visits ? nothing : html`<p><span class="wish">${words.noVisits}</span></p>`} ${freshMark(desk, found.fresh)}
      </div></div>
      <section class="sheet"><h2>${words.livesHere}</h2>
        ${!found.listed
          ? html`<p class="soft pad">${words.onlyNumber}</p>`
          : html`<ul class="rows">${members.length ? members.map((one) => personRow(desk, one, false)) : html`<li class="soft pad">${words.nobodyYet}</li>`}</ul>`}
      </section>
      <div class="doing">
        ${book.form("person") ? html`<a class="big" href=${to(["newcomer"], { household: found.id })}>${icon("plus")} ${words.newPerson}</a>` : nothing}
        ${change ? html`<a class="second" href=${to(["fill", change.id], { household: found.id })}>${textIn(desk.language, change.title)}</a>` : nothing}
      </div>`,
  };
}
