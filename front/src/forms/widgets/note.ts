/** Words to read, and questions that this page cannot ask. */

import { html, nothing, type TemplateResult } from "lit-html";

import type { Desk } from "../desk";
import type { Note, Unsupported } from "../model";
import { single } from "./frame";
import { wordsAndPicture } from "./said";

export function note(desk: Desk, node: Note): TemplateResult {
  return html`<div class="df-note" id=${node.id}>
    <div>${wordsAndPicture(desk, node.label)}</div>
    ${node.text ? html`<div class="df-note-value">${node.text}</div>` : nothing}
    ${node.hint ? html`<div class="df-hint">${wordsAndPicture(desk, node.hint)}</div>` : nothing}
  </div>`;
}

export function unsupported(desk: Desk, node: Unsupported): TemplateResult {
  return single(
    desk,
    node,
    (frame) => html`<output class="df-not-here" id=${frame.id} tabindex="-1">
      ${node.required ? desk.words.notHereNeeded : desk.words.notHere}
    </output>`,
  );
}
