/** One box to tick: "she agrees", "I have read this aloud". */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

import type { Desk } from "../desk";
import type { TickQuestion } from "../model";
import { several } from "./frame";

export function tickQuestion(desk: Desk, question: TickQuestion): TemplateResult {
  const onchange = (event: Event) => {
    question.tick((event.target as HTMLInputElement).checked);
    desk.done(question);
    desk.wrote();
  };
  return several(
    desk,
    question,
    "group",
    (frame) => html`<label class="df-card">
      <input type="checkbox" aria-required=${question.required ? "true" : nothing} aria-invalid=${frame.invalid}
        ?disabled=${question.readonly} .checked=${live(question.ticked)} @change=${onchange} />
      <span class="df-card-text">${desk.words.tick}</span>
    </label>`,
  );
}
