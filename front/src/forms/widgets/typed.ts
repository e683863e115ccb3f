/** Answers typed on a keyboard or picked in the browser's own date and time pickers. */

import { html, nothing, type TemplateResult } from "lit-html";
import { live } from "lit-html/directives/live.js";

import { read, shown } from "../answers";
import type { Desk } from "../desk";
import type { TypedQuestion } from "../model";
import { type Frame, single } from "./frame";

interface Draft {
  typed: string | null; // what stands in the box
  after: string; // what the record held once it was written
}

/** What the box shows: what was typed, as long as the record still says the same. */
function inBox(draft: Draft, question: TypedQuestion): string {
  if (draft.typed !== null && draft.after === question.text) return draft.typed;
  return shown(question.kind, question.text, question.appearances);
}

function write(desk: Desk, question: TypedQuestion, draft: Draft, typed: string): void {
  const answer = read(question.kind, typed, question.appearances);
  question.write("text" in answer ? answer.text : "");
  desk.object(question, "wrong" in answer ? desk.words[answer.wrong] : "");
  draft.typed = typed;
  draft.after = question.text;
  desk.wrote();
}

function inputType(question: TypedQuestion): string {
  const { kind, appearances } = question;
  if (kind === "time") return "time";
  if (kind === "dateTime") return "datetime-local";
  if (kind !== "date" || appearances.has("year")) return "text";
  return appearances.has("month-year") ? "month" : "date";
}

function keyboard(question: TypedQuestion): string {
  const { kind, appearances } = question;
  if (kind === "decimal") return "decimal";
  const digits = kind === "integer" || appearances.has("numbers") || appearances.has("year");
  return digits ? "numeric" : "text";
}

function isLong(question: TypedQuestion): boolean {
  return question.kind === "text" && (question.appearances.has("multiline") || (question.rows ?? 0) > 1);
}

export function typedQuestion(desk: Desk, question: TypedQuestion): TemplateResult {
  const draft = desk.memory<Draft>(question, () => ({ typed: null, after: "" }));
  const oninput = (event: Event) => write(desk, question, draft, (event.target as HTMLInputElement).value);
  const onchange = () => desk.done(question);
  const value = inBox(draft, question);
  return single(desk, question, (frame) =>
    isLong(question)
      ? longBox(question, frame, value, oninput, onchange)
      : shortBox(question, frame, value, oninput, onchange),
  );
}

function shortBox(
  question: TypedQuestion,
  frame: Frame,
  value: string,
  oninput: (event: Event) => void,
  onchange: () => void,
): TemplateResult {
  const small = question.kind !== "text" && question.kind !== "barcode";
  return html`<input
    class=${small ? "df-input df-short" : "df-input"}
    id=${frame.id}
    type=${inputType(question)}
    inputmode=${keyboard(question)}
    autocomplete="off"
    aria-describedby=${frame.describedBy || nothing}
    aria-invalid=${frame.invalid}
    aria-required=${frame.required}
    ?disabled=${question.readonly}
    .value=${live(value)}
    @input=${oninput}
    @change=${onchange}
  />`;
}

function longBox(
  question: TypedQuestion,
  frame: Frame,
  value: string,
  oninput: (event: Event) => void,
  onchange: () => void,
): TemplateResult {
  return html`<textarea
    class="df-input"
    id=${frame.id}
    rows=${question.rows ?? 3}
    aria-describedby=${frame.describedBy || nothing}
    aria-invalid=${frame.invalid}
    aria-required=${frame.required}
    ?disabled=${question.readonly}
    .value=${live(value)}
    @input=${oninput}
    @change=${onchange}
  ></textarea>`;
}
