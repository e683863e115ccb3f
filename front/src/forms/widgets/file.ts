/** A photo or another file. */

import { html, nothing, type TemplateResult } from "lit-html";

import { fill } from "../../words";
import { sizeInWords } from "../answers";
import type { Desk } from "../desk";
import type { FileQuestion } from "../model";
import { single } from "./frame";
import { preview, smaller } from "./picture";

interface Seen {
  of: File | null;
  url: string;
}

export function fileQuestion(desk: Desk, question: FileQuestion): TemplateResult {
  const seen = desk.memory<Seen>(question, () => ({ of: null, url: "" }));
  if (seen.of !== question.file) void look(desk, question, seen);
  const picture = question.media === "image";
  return single(
    desk,
    question,
    (frame) => html`<div class="df-file">
      <input class="df-file-input" type="file" id=${frame.id} accept=${question.accept}
        aria-describedby=${frame.describedBy || nothing} aria-invalid=${frame.invalid} aria-required=${frame.required}
        ?disabled=${question.readonly}
        @change=${(event: Event) => void take(desk, question, event.target as HTMLInputElement)} />
      <span class="df-button df-file-face" aria-hidden="true">
        ${picture ? desk.words.choosePhoto : desk.words.chooseFile}
      </span>
      ${question.loading ? html`<p class="df-hint">${desk.words.fileLoading}</p>` : nothing}
      ${seen.url ? html`<img class="df-thumb" src=${seen.url} alt=${desk.words.photoOf} />` : nothing}
      ${chosen(desk, question)}
    </div>`,
  );
}

function chosen(desk: Desk, question: FileQuestion): TemplateResult | typeof nothing {
  if (!question.file) return nothing;
  return html`<p class="df-hint">
      ${question.media === "image" ? "" : question.file.name} ${sizeInWords(question.file.size)}
    </p>
    <button type="button" class="df-quiet" @click=${() => leaveOut(desk, question)}>${desk.words.takeAwayFile}</button>`;
}

function leaveOut(desk: Desk, question: FileQuestion): void {
  question.attach(null);
  desk.object(question, "");
  desk.wrote();
  desk.focusNext(`#${question.id}`);
}

/** Takes a chosen file: a photo is made smaller first; one that stays too big is refused with its size. */
async function take(desk: Desk, question: FileQuestion, input: HTMLInputElement): Promise<void> {
  const file = input.files?.[0];
  input.value = ""; // the same file can then be chosen again
  if (!file) return;
  try {
    const kept = question.media === "image" ? await smaller(file, question.maxPixels) : file;
    if (kept.size > desk.maxAttachmentBytes) {
      const sizes = { size: sizeInWords(kept.size), limit: sizeInWords(desk.maxAttachmentBytes) };
      desk.object(question, fill(desk.words.fileTooBig, sizes));
    } else {
      question.attach(kept);
      desk.object(question, "");
    }
  } catch {
    desk.object(question, desk.words.notAPicture);
  }
  desk.done(question);
  desk.wrote();
}

async function look(desk: Desk, question: FileQuestion, seen: Seen): Promise<void> {
  const file = question.file;
  seen.of = file;
  seen.url = "";
  if (!file || question.media !== "image") return;
  const url = await preview(file).catch(() => "");
  if (seen.of !== file) return;
  seen.url = url;
  desk.redraw();
}
