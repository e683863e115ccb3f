/** What stands around every answer: its label, its hint, and what is wrong with it. */

import { html, nothing, type TemplateResult } from "lit-html";

import type { Desk } from "../desk";
import type { Leaf } from "../model";
import { wordsAndPicture } from "./said";

/** What a control must carry so that its label, hint and problem are read with it. */
export interface Frame {
  readonly id: string;
  readonly describedBy: string;
  readonly invalid: "true" | "false";
  readonly required: "true" | "false";
}

function frameOf(desk: Desk, leaf: Leaf): Frame {
  const parts = [
    leaf.hint ? `${leaf.id}-hint` : "",
    desk.isFilledIn(leaf) ? `${leaf.id}-filled` : "",
    desk.trouble(leaf) ? `${leaf.id}-trouble` : "",
  ];
  return {
    id: leaf.id,
    describedBy: parts.filter(Boolean).join(" "),
    invalid: desk.trouble(leaf) ? "true" : "false",
    required: leaf.required ? "true" : "false",
  };
}

const needed = (desk: Desk, leaf: Leaf) =>
  leaf.required && !leaf.readonly ? html`<span class="df-needed">${desk.words.needed}</span>` : nothing;

const beside = (desk: Desk, leaf: Leaf) => html`
  ${leaf.hint ? html`<div class="df-hint" id="${leaf.id}-hint">${wordsAndPicture(desk, leaf.hint)}</div>` : nothing}
  ${desk.isFilledIn(leaf) ? html`<div class="df-hint df-filled" id="${leaf.id}-filled">${desk.words.filledIn}</div>` : nothing}
`;

const trouble = (desk: Desk, leaf: Leaf) => {
  const sentence = desk.trouble(leaf);
  return sentence
    ? html`<div class="df-trouble" id="${leaf.id}-trouble"><span aria-hidden="true">▲</span> ${sentence}</div>`
    : nothing;
};

const boxClass = (desk: Desk, leaf: Leaf) => (desk.trouble(leaf) ? "df-question df-wrong" : "df-question");

/** A question with one control; the control takes `frame.id`. */
export function single(desk: Desk, leaf: Leaf, control: (frame: Frame) => TemplateResult): TemplateResult {
  const frame = frameOf(desk, leaf);
  return html`<div class=${boxClass(desk, leaf)}>
    <label class="df-label" for=${leaf.id}>${wordsAndPicture(desk, leaf.label)} ${needed(desk, leaf)}</label>
    ${beside(desk, leaf)} ${control(frame)} ${trouble(desk, leaf)}
  </div>`;
}

/** A question with several controls: a fieldset whose legend is the question. */
export function several(
  desk: Desk,
  leaf: Leaf,
  role: "group" | "radiogroup",
  controls: (frame: Frame) => TemplateResult,
): TemplateResult {
  const frame = frameOf(desk, leaf);
  return html`<fieldset
    class=${boxClass(desk, leaf)}
    id=${leaf.id}
    role=${role}
    tabindex="-1"
    aria-describedby=${frame.describedBy || nothing}
    aria-required=${role === "radiogroup" ? frame.required : nothing}
    aria-invalid=${role === "radiogroup" ? frame.invalid : nothing}
  >
    <legend class="df-label">${wordsAndPicture(desk, leaf.label)} ${needed(desk, leaf)}</legend>
    ${beside(desk, leaf)} ${controls(frame)} ${trouble(desk, leaf)}
  </fieldset>`;
}

/** An answer that is shown and cannot be changed here. */
export function fixedAnswer(desk: Desk, leaf: Leaf, answer: string): TemplateResult {
  return html`<div class="df-fixed" id=${leaf.id} tabindex="-1">
    <span class="df-fixed-label">${wordsAndPicture(desk, leaf.label)}</span>
    <span class="df-fixed-answer">${answer || desk.words.notAnswered}</span>
    ${trouble(desk, leaf)}
  </div>`;
}
