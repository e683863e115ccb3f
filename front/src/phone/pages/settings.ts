/** Settings: sending, language, room, lock. */

import { html, nothing, type TemplateResult } from "lit-html";

import { fill } from "../words";
import { icon } from "./icons";
import { type Desk, type Page, to } from "./page";
import { type Piece, typedIn } from "./pieces";

const MINUTES = [2, 5, 10, 15];
const SHORTEST = 6;

interface Kept {
  busy: boolean;
  said: string;
  good: boolean;
  persisted: boolean | null;
  isTight: boolean;
}

export async function settings(desk: Desk): Promise<Page> {
  const { words, book, rooms } = desk;
  const kept = desk.memory<Kept>(() => ({ busy: false, said: "", good: true, persisted: null, isTight: false }));
  if (kept.persisted === null) {
    kept.persisted = await rooms.room.persisted();
    kept.isTight = await rooms.room.tight();
  }
  return {
    title: words.settings,
    width: "reading",
    body: html`<h1 tabindex="-1">${words.settingsTitle}</h1>
      ${book.me ? html`<p>${fill(words.whose, { name: book.me.name })}</p>` : nothing}
      ${sending(desk, kept)} ${reading(desk)} ${languages(desk)} ${storage(desk, kept)} ${locking(desk, kept)}`,
  };
}

function sending(desk: Desk, kept: Kept): TemplateResult {
  const { words, said, book, rooms } = desk;
  const { standing } = rooms.loop;
  const send = async () => {
    kept.busy = true;
    desk.redraw();
    await rooms.loop.now().catch(() => undefined);
    kept.busy = false;
    desk.redraw();
  };
  const counts = { people: book.everybody().length, families: book.families().length, forms: book.forms.length };
  return html`<section class="sheet pad"><h2>${words.sendNow}</h2>
    <p role="status">${kept.busy || standing.busy ? words.sending : standing.unsent ? fill(words.unsentCount, { n: standing.unsent }) : words.noneUnsent}</p>
    <p class="soft">${standing.last === null ? words.neverSynced : fill(words.lastSynced, { when: said.moment(standing.last) })}</p>
    <p class="soft">${fill(words.held, counts)}</p>
    <button type="button" class="big" ?disabled=${kept.busy || standing.busy} @click=${() => void send()}>${words.sendNow}</button></section>`;
}

/** What can be read here, and what needs a network: said, not missing. */
function reading({ words }: Desk): TemplateResult {
  return html`<section class="sheet"><ul class="rows"><li><a class="row-link" href=${to(["leaflets"])}><strong>${words.leaflets}</strong>${icon("onward")}</a></li></ul></section>
    <section class="sheet pad"><h2>${words.needsNetwork}</h2><p>${words.needsNetworkMore}</p><p><a class="second" href="/">${words.toSite}</a></p></section>`;
}

function languages(desk: Desk): TemplateResult {
  const { words, rooms, language } = desk;
  const choices: [string, string][] = [["zh", "中文"], ["en", "English"]];
  return html`<section class="sheet pad"><h2>${words.languageOf}</h2><div class="doing">
    ${choices.map(([code, name]) => html`<button type="button" class="second" lang=${code} aria-pressed=${language === code ? "true" : "false"} @click=${() => rooms.setLanguage(code)}>${name}</button>`)}
  </div></section>`;
}

function storage({ words }: Desk, kept: Kept): TemplateResult {
  return html`<section class="sheet pad"><h2>${words.storage}</h2>
    <p>${kept.persisted ? words.persisted : words.notPersisted}</p>
    ${kept.isTight ? html`<p class="trouble">${words.tight}</p>` : nothing}</section>`;
}

function locking(desk: Desk, kept: Kept): TemplateResult {
  const { words, rooms } = desk;
  const choose = async (event: Event) => {
    await rooms.lock.setMinutes(Number((event.target as HTMLSelectElement).value));
    desk.redraw();
  };
  return html`<section class="sheet pad"><h2>${words.lockTitle}</h2>
    <label class="field"><span>${words.lockAfter}</span><select class="form-select" @change=${(event: Event) => void choose(event)}>
      ${[...new Set([...MINUTES, rooms.lock.minutes])].sort((a, b) => a - b).map((n) => html`<option value=${n} ?selected=${n === rooms.lock.minutes}>${fill(words.minutes, { n })}</option>`)}
    </select></label>
    <p><button type="button" class="second" @click=${() => void rooms.lock.now()}>${words.lockNow}</button></p>
    ${pin(desk, kept)}</section>`;
}

function pin(desk: Desk, kept: Kept): Piece {
  const { words, rooms } = desk;
  const change = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const [old, fresh] = [typedIn(form, "old"), typedIn(form, "fresh")];
    if ([...fresh].length < SHORTEST) return tell(words.pinShort, false);
    try {
      await rooms.lock.change(old, fresh);
      form.reset();
      tell(words.pinChanged, true);
    } catch (error) {
      tell(error instanceof Error && error.name === "WrongPin" ? words.pinWrong : words.pinFailed, false);
    }
  };
  const tell = (said: string, good: boolean) => {
    Object.assign(kept, { said, good });
    desk.redraw();
  };
  return html`<details><summary class="quiet">${words.changePin}</summary>
    <form @submit=${(event: Event) => void change(event)}>
      <label class="field"><span>${words.oldPin}</span><input class="form-control" type="password" name="old" autocomplete="current-password" required /></label>
      <label class="field"><span>${words.newPin}</span><input class="form-control" type="password" name="fresh" autocomplete="new-password" minlength=${SHORTEST} required /></label>
      <button class="second">${words.changePin}</button>
    </form>
    ${kept.said ? html`<p class=${kept.good ? "said" : "trouble"} role="alert">${kept.said}</p>` : nothing}</details>`;
}

