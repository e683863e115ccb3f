/** The open form on the screen: pages, the list of what is wrong, the bar at the bottom. Words and taps only. */

import { html, nothing, type TemplateResult } from "lit-html";
import { keyed } from "lit-html/directives/keyed.js";

import { fill, type Words } from "../words";
import type { Desk } from "./desk";
import type { Leaf } from "./model";
import type { Page } from "./pages";
import type { Outcome } from "./sender";
import { fixed } from "./widgets";
import { inOrder } from "./widgets/section";
import { words as labelWords } from "./widgets/said";

export interface Sheet {
  readonly desk: Desk;
  readonly pages: readonly Page[];
  readonly at: number; // page now open
  readonly given: readonly Leaf[]; // answers the page fixed
  readonly wrong: readonly Leaf[]; // to list at the top, empty for no list
  readonly sending: boolean;
  readonly outcome: Outcome | null; // what became of the last try
  readonly languages: readonly { readonly code: string; readonly name: string }[];
  readonly signInUrl: string;
  back(): void;
  forward(): void;
  goTo(leaf: Leaf): void;
  turnTo(language: string): void;
}

export function sheet(view: Sheet): TemplateResult {
  const { desk, pages, at } = view;
  const page = pages[at];
  return html`<form class="df-form" novalidate @submit=${(event: Event) => submitted(event, view)}>
    ${languageSwitch(view)}
    ${view.given.length ? html`<div class="df-given">${view.given.map((leaf) => fixed(desk, leaf))}</div>` : nothing}
    ${progress(view)} ${summary(view)} ${outcome(view)}
    ${page
      ? keyed(
          page.key,
          html`<section class="df-page" aria-labelledby=${page.title ? "df-page-title" : nothing}>
            ${page.title
              ? html`<h2 class="df-page-title" id="df-page-title" tabindex="-1">${labelWords(page.title)}</h2>`
              : nothing}
            ${inOrder(desk, page.nodes)}
          </section>`,
        )
      : html`<p class="df-hint">${desk.words.nothingToAsk}</p>`}
    ${bar(view)}
  </form>`;
}

function submitted(event: Event, view: Sheet): void {
  event.preventDefault();
  view.forward();
}

function languageSwitch(view: Sheet): TemplateResult | typeof nothing {
  const others = view.languages.filter((each) => each.code.split("-")[0] !== view.desk.language.split("-")[0]);
  if (!others.length) return nothing;
  return html`<div class="df-languages">
    ${others.map(
      (each) => html`<button type="button" class="df-quiet" lang=${each.code} @click=${() => view.turnTo(each.code)}>
        ${each.name}
      </button>`,
    )}
  </div>`;
}

function progress(view: Sheet): TemplateResult | typeof nothing {
  const of = view.pages.length;
  if (of < 2) return nothing;
  const at = view.at + 1;
  return html`<div class="df-progress">
    <progress max=${of} value=${at} aria-label=${fill(view.desk.words.pageSaid, { at, of })}></progress>
    <span aria-hidden="true">${fill(view.desk.words.page, { at, of })}</span>
  </div>`;
}

function summary(view: Sheet): TemplateResult | typeof nothing {
  const { words } = view.desk;
  const count = view.wrong.length;
  if (!count) return nothing;
  return html`<div class="df-summary" id="df-summary" role="alert" tabindex="-1">
    <h2>${words.fixTitle}</h2>
    <p>${count === 1 ? words.fixOne : fill(words.fixMany, { count })}</p>
    <ul>
      ${view.wrong.map((leaf) => html`<li>${summaryLine(view, leaf)}</li>`)}
    </ul>
  </div>`;
}

function summaryLine(view: Sheet, leaf: Leaf): TemplateResult {
  const sentence = view.desk.trouble(leaf);
  const label = leaf.label?.plain || view.desk.words.noLabel;
  if (leaf.kind === "hidden") return html`<span>${sentence}</span>`;
  const go = (event: Event) => {
    event.preventDefault();
    view.goTo(leaf);
  };
  return html`<a href="#${leaf.id}" @click=${go}>${label}</a><span>${sentence}</span>`;
}

/** The sentences for each way a try can end. */
function panelWords(view: Sheet, words: Words): { title: string; text: string; more: string } | null {
  switch (view.outcome?.kind) {
    case "offline":
      return { title: words.offlineTitle, text: words.offline, more: "" };
    case "refused":
      return { title: words.refusedTitle, text: view.outcome.sentence, more: words.refused };
    case "trouble":
      return { title: words.serverTitle, text: view.outcome.sentence, more: words.server };
    case "signedOut":
      return { title: words.signedOutTitle, text: words.signedOut, more: "" };
    case "notSaved":
      return { title: words.notSavedTitle, text: view.outcome.sentence, more: "" };
    default:
      return null;
  }
}

function outcome(view: Sheet): TemplateResult | typeof nothing {
  const { words } = view.desk;
  const panel = panelWords(view, words);
  if (!panel) return nothing;
  return html`<div class="df-outcome" id="df-outcome" role="alert" tabindex="-1">
    <h2>${panel.title}</h2>
    ${panel.text ? html`<p>${panel.text}</p>` : nothing} ${panel.more ? html`<p>${panel.more}</p>` : nothing}
    ${view.outcome?.kind === "signedOut" && view.signInUrl
      ? html`<p><a class="df-button" href=${view.signInUrl} target="_blank" rel="noopener">${words.signIn}</a></p>`
      : nothing}
  </div>`;
}

function bar(view: Sheet): TemplateResult {
  const { words } = view.desk;
  const last = view.at >= view.pages.length - 1;
  const again = view.outcome !== null && view.outcome.kind !== "refused" && view.outcome.kind !== "notSaved";
  const face = view.sending ? words.saving : !last ? words.next : again ? words.sendAgain : words.save;
  return html`<div class="df-bar">
    ${view.at > 0
      ? html`<button type="button" class="df-button df-back" ?disabled=${view.sending} @click=${() => view.back()}>
          ${words.back}
        </button>`
      : nothing}
    <button type="submit" class="df-button df-main" ?disabled=${view.sending}>${face}</button>
  </div>`;
}

/** The whole element once the record is kept. */
export function savedPanel(words: Words): TemplateResult {
  return html`<div class="df-plain" role="status" id="df-outcome" tabindex="-1">
    <span class="df-saved" aria-hidden="true">✓</span>
    <h2>${words.savedTitle}</h2>
    <p>${words.saved}</p>
  </div>`;
}

/** The whole element when there is no form to fill: it is opening, or it failed to. */
export function plainPanel(text: string, button: string, press: () => void): TemplateResult {
  return html`<div class="df-plain" role="status">
    <p>${text}</p>
    ${button ? html`<button type="button" class="df-button df-main" @click=${press}>${button}</button>` : nothing}
  </div>`;
}
