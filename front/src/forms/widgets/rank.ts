/** Putting things in order with two buttons each. Nothing is answered until the person says so. */

import { html, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { fill } from "../../words";
import type { Desk } from "../desk";
import type { ChoiceQuestion } from "../model";
import { several } from "./frame";
import { words } from "./said";

export function rankQuestion(desk: Desk, question: ChoiceQuestion): TemplateResult {
  const order = question.chosen.length ? question.chosen : question.choices.map((choice) => choice.value);
  const byValue = new Map(question.choices.map((choice) => [choice.value, choice]));
  const set = (values: readonly string[]) => {
    question.choose(values);
    desk.done(question);
    desk.wrote();
  };
  const move = (from: number, to: number) => {
    const moved = [...order];
    moved.splice(to, 0, ...moved.splice(from, 1));
    set(moved);
    desk.say(fill("{at}. {what}", { at: to + 1, what: byValue.get(order[from] ?? "")?.label.plain ?? "" }));
  };
  const button = (index: number, by: -1 | 1, what: string) => {
    const end = index + by < 0 || index + by >= order.length;
    const label = fill(by < 0 ? desk.words.up : desk.words.down, { what });
    return html`<button type="button" class="df-step" aria-label=${label} ?disabled=${end || question.readonly}
      @click=${() => move(index, index + by)}>${by < 0 ? "↑" : "↓"}</button>`;
  };
  return several(
    desk,
    question,
    "group",
    () => html`<ol class="df-rank">
        ${repeat(
          order,
          (value) => value,
          (value, index) => {
            const choice = byValue.get(value);
            return html`<li><span class="df-rank-text">${words(choice?.label ?? null)}</span>
              ${button(index, -1, choice?.label.plain ?? value)} ${button(index, 1, choice?.label.plain ?? value)}</li>`;
          },
        )}
      </ol>
      ${question.chosen.length
        ? html`<p class="df-hint">${desk.words.orderSet}</p>`
        : html`<button type="button" class="df-button" @click=${() => set(order)}>${desk.words.inOrder}</button>`}`,
  );
}
