/** One answer out of a long list: type to search, pick by thumb or by arrow keys. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

import { fill } from "../../words";
import type { Desk } from "../desk";
import type { Choice, ChoiceQuestion } from "../model";
import { type Frame, single } from "./frame";
import { matching } from "./matching";
import { words } from "./said";

const SHOWN = 40; // more than anybody reads; the rest is found by typing

interface Box {
  open: boolean;
  query: string;
  at: number; // the choice the arrow keys stand on, -1 for none
}

export function combobox(desk: Desk, question: ChoiceQuestion): TemplateResult {
  const box = desk.memory<Box>(question, () => ({ open: false, query: "", at: -1 }));
  return single(desk, question, (frame) => {
    const found = box.open ? matching(question.choices, box.query) : [];
    return html`<div class="df-combobox">
      ${input(desk, question, box, frame, found)} ${box.open ? list(desk, question, box, found) : nothing}
    </div>`;
  });
}

function chosenLabel(question: ChoiceQuestion): string {
  return question.choices.find((choice) => choice.value === question.chosen[0])?.label.plain ?? "";
}

function input(desk: Desk, question: ChoiceQuestion, box: Box, frame: Frame, found: Choice[]): TemplateResult {
  return html`<input
    class="df-input"
    id=${frame.id}
    type="text"
    role="combobox"
    autocomplete="off"
    aria-autocomplete="list"
    aria-expanded=${box.open ? "true" : "false"}
    aria-controls="${question.id}-list"
    aria-activedescendant=${box.open && box.at >= 0 ? `${question.id}-at-${box.at}` : nothing}
    aria-describedby=${frame.describedBy || nothing}
    aria-invalid=${frame.invalid}
    aria-required=${frame.required}
    placeholder=${box.open ? desk.words.search : desk.words.choose}
    ?disabled=${question.readonly}
    .value=${live(box.open ? box.query : chosenLabel(question))}
    @focus=${() => open(desk, question, box)}
    @click=${() => open(desk, question, box)}
    @input=${(event: Event) => search(desk, question, box, (event.target as HTMLInputElement).value)}
    @keydown=${(event: KeyboardEvent) => key(desk, question, box, found, event)}
    @blur=${() => close(desk, question, box)}
  />`;
}

function list(desk: Desk, question: ChoiceQuestion, box: Box, found: Choice[]): TemplateResult {
  const more = found.length - SHOWN;
  return html`<div class="df-options" @mousedown=${(event: Event) => event.preventDefault()}>
    <ul id="${question.id}-list" role="listbox" aria-label=${question.label?.plain ?? desk.words.choose}>
      ${found.slice(0, SHOWN).map(
        (choice, index) => html`<li
          id="${question.id}-at-${index}"
          role="option"
          class=${index === box.at ? "df-option df-option-at" : "df-option"}
          aria-selected=${question.chosen[0] === choice.value ? "true" : "false"}
          @click=${() => pick(desk, question, box, [choice.value])}
        >
          ${words(choice.label)}
        </li>`,
      )}
    </ul>
    ${found.length ? nothing : html`<p class="df-hint">${desk.words.noMatch}</p>`}
    ${more > 0 ? html`<p class="df-hint">${fill(desk.words.moreMatches, { count: more })}</p>` : nothing}
  </div>`;
}

function open(desk: Desk, question: ChoiceQuestion, box: Box): void {
  if (box.open) return;
  Object.assign(box, { open: true, query: "", at: -1 });
  desk.say(fill(desk.words.found, { count: question.choices.length }));
  desk.redraw();
}

function close(desk: Desk, question: ChoiceQuestion, box: Box): void {
  if (!box.open) return;
  box.open = false;
  desk.done(question);
  desk.redraw();
}

function search(desk: Desk, question: ChoiceQuestion, box: Box, query: string): void {
  const found = matching(question.choices, query).length;
  Object.assign(box, { open: true, query, at: found && query ? 0 : -1 });
  desk.say(fill(desk.words.found, { count: found }));
  desk.redraw();
}

function pick(desk: Desk, question: ChoiceQuestion, box: Box, values: readonly string[]): void {
  question.choose(values);
  desk.wrote();
  close(desk, question, box);
  desk.say(chosenLabel(question) || desk.words.notAnswered);
}

function key(desk: Desk, question: ChoiceQuestion, box: Box, found: Choice[], event: KeyboardEvent): void {
  const last = Math.min(found.length, SHOWN) - 1;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step !== undefined) {
    event.preventDefault();
    if (!box.open) return open(desk, question, box);
    box.at = Math.max(0, Math.min(last, box.at + step));
    desk.redraw();
    return desk.showNext(`#${question.id}-at-${box.at}`);
  }
  if (event.key === "Escape" && box.open) {
    event.preventDefault();
    return close(desk, question, box);
  }
  if (event.key === "Enter" && box.open) {
    event.preventDefault();
    const choice = found[box.at];
    if (choice) pick(desk, question, box, [choice.value]);
    return;
  }
  if ((event.key === "Backspace" || event.key === "Delete") && !box.query && question.chosen.length && !question.required) {
    pick(desk, question, box, []);
  }
}
