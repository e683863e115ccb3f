/** A number on a scale: cards for a short one, a slider with two buttons for a long one. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

import type { Desk } from "../desk";
import type { RangeQuestion } from "../model";
import { several, single } from "./frame";

const CARDS = 11; // 0 to 10 is read at a glance

function steps(question: RangeQuestion): number {
  return Math.floor(Math.abs(question.to - question.from) / question.step + 1e-9) + 1;
}

/** The n-th value of the scale, without the tails of binary fractions. */
function valueAt(question: RangeQuestion, index: number): string {
  const direction = question.to < question.from ? -1 : 1;
  return String(Number((question.from + direction * index * question.step).toFixed(6)));
}

function answer(desk: Desk, question: RangeQuestion, text: string): void {
  question.write(text);
  desk.done(question);
  desk.wrote();
}

export function rangeQuestion(desk: Desk, question: RangeQuestion): TemplateResult {
  return steps(question) <= CARDS ? cards(desk, question) : slider(desk, question);
}

const same = (a: string, b: string) => a !== "" && Number(a) === Number(b);

function cards(desk: Desk, question: RangeQuestion): TemplateResult {
  const values = Array.from({ length: steps(question) }, (_, index) => valueAt(question, index));
  return several(
    desk,
    question,
    "radiogroup",
    () => html`<div class="df-scale">
      ${values.map(
        (value) => html`<label class="df-card df-card-number">
          <input type="radio" name=${question.id} value=${value} ?disabled=${question.readonly}
            .checked=${live(same(question.text, value))} @change=${() => answer(desk, question, value)} />
          <span class="df-card-text">${value}</span>
        </label>`,
      )}
    </div>`,
  );
}

function slider(desk: Desk, question: RangeQuestion): TemplateResult {
  const last = steps(question) - 1;
  const at = question.text === "" ? -1 : Math.round(Math.abs(Number(question.text) - question.from) / question.step);
  const go = (index: number) => answer(desk, question, valueAt(question, Math.max(0, Math.min(last, index))));
  const button = (by: number, sign: string, words: string) =>
    html`<button type="button" class="df-step" aria-label=${words} ?disabled=${question.readonly}
      @click=${() => go(at + by)}>${sign}</button>`;
  return single(
    desk,
    question,
    (frame) => html`<div class="df-slider">
      ${button(-1, "−", desk.words.less)}
      <input type="range" id=${frame.id} min="0" max=${last} step="1" ?disabled=${question.readonly}
        class=${at < 0 ? "df-unset" : nothing}
        aria-describedby=${frame.describedBy || nothing}
        aria-valuetext=${question.text || desk.words.notAnswered}
        .value=${live(String(Math.max(0, at)))}
        @input=${(event: Event) => go(Number((event.target as HTMLInputElement).value))} />
      ${button(1, "+", desk.words.more)}
      <output for=${frame.id}>${question.text || desk.words.notAnswered}</output>
    </div>`,
  );
}
