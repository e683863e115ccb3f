/** Choosing from a list: big cards for a few, a search for many. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

import { fill } from "../../words";
import type { Desk } from "../desk";
import type { Choice, ChoiceQuestion } from "../model";
import { combobox } from "./combobox";
import { several } from "./frame";
import { matching } from "./matching";
import { wordsAndPicture } from "./said";

const MANY = 12; // from here on a list is searched rather than read
const NARROW = 10; // as wide as this many Latin letters still fits two cards side by side at 360 px
const SEARCHED = ["minimal", "autocomplete", "search"];

/** How wide a label is, a Chinese character counting for two letters. */
function width(label: string): number {
  return [...label].reduce((sum, character) => sum + (character.charCodeAt(0) > 0x2e80 ? 2 : 1), 0);
}

function cardsClass(choices: readonly Choice[]): string {
  const narrow = choices.every((choice) => width(choice.label.plain) <= NARROW && !choice.label.image);
  return narrow ? "df-cards df-cards-narrow" : "df-cards";
}

export function choiceQuestion(desk: Desk, question: ChoiceQuestion): TemplateResult {
  if (question.kind === "many") return severalAnswers(desk, question);
  const searched = SEARCHED.some((appearance) => question.appearances.has(appearance));
  return searched || question.choices.length > MANY ? combobox(desk, question) : oneAnswer(desk, question);
}

function choose(desk: Desk, question: ChoiceQuestion, values: readonly string[]): void {
  question.choose(values);
  desk.done(question);
  desk.wrote();
}

function oneAnswer(desk: Desk, question: ChoiceQuestion): TemplateResult {
  return several(
    desk,
    question,
    "radiogroup",
    () => html`<div class=${cardsClass(question.choices)}>
        ${question.choices.map((choice) => card(desk, question, choice, "radio"))}
      </div>
      ${clearing(desk, question)}`,
  );
}

/** An answer nobody has to give can be taken back. */
function clearing(desk: Desk, question: ChoiceQuestion): TemplateResult | typeof nothing {
  if (question.required || question.readonly || !question.chosen.length) return nothing;
  return html`<button type="button" class="df-quiet" @click=${() => choose(desk, question, [])}>
    ${desk.words.clear}
  </button>`;
}

function severalAnswers(desk: Desk, question: ChoiceQuestion): TemplateResult {
  const memory = desk.memory(question, () => ({ query: "" }));
  const long = question.choices.length > MANY;
  const shown = long ? matching(question.choices, memory.query) : question.choices;
  const oninput = (event: Event) => {
    memory.query = (event.target as HTMLInputElement).value;
    desk.say(fill(desk.words.found, { count: matching(question.choices, memory.query).length }));
    desk.redraw();
  };
  return several(
    desk,
    question,
    "group",
    () => html`${long
        ? html`<input class="df-input df-search" type="search" aria-label=${desk.words.search}
            placeholder=${desk.words.search} .value=${live(memory.query)} @input=${oninput} />`
        : nothing}
      <div class=${cardsClass(question.choices)}>
        ${shown.map((choice) => card(desk, question, choice, "checkbox"))}
      </div>
      ${shown.length ? nothing : html`<p class="df-hint">${desk.words.noMatch}</p>`}`,
  );
}

function card(desk: Desk, question: ChoiceQuestion, choice: Choice, type: "radio" | "checkbox"): TemplateResult {
  const onchange = (event: Event) => {
    const on = (event.target as HTMLInputElement).checked;
    const others = question.chosen.filter((value) => value !== choice.value);
    choose(desk, question, type === "radio" ? [choice.value] : on ? [...others, choice.value] : others);
  };
  return html`<label class="df-card">
    <input
      type=${type}
      name=${question.id}
      value=${choice.value}
      ?disabled=${question.readonly}
      .checked=${live(question.chosen.includes(choice.value))}
      @change=${onchange}
    />
    <span class="df-card-text">${wordsAndPicture(desk, choice.label)}</span>
  </label>`;
}
