/** Groups of questions, and things there can be several of. */

import { html, nothing, type TemplateResult } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";

import { fill } from "../../words";
import type { Desk } from "../desk";
import { type FormNode, type Group, type Repeat, type RepeatItem, isSeen, relevantLeaves } from "../model";
import { words, wordsAndPicture } from "./said";

/** Nodes one below the other, each keeping its own elements while others come and go. */
export function inOrder(desk: Desk, nodes: readonly FormNode[]): unknown {
  return repeat(nodes.filter((node) => isSeen(node) && !desk.isFixed(node)), (node) => node.id, (node) => desk.draw(node));
}

export function group(desk: Desk, node: Group): TemplateResult {
  if (!node.label) return html`<div class="df-group-bare">${inOrder(desk, node.children)}</div>`;
  return html`<fieldset class="df-group">
    <legend class="df-group-title">${wordsAndPicture(desk, node.label)}</legend>
    ${inOrder(desk, node.children)}
  </fieldset>`;
}

interface Asking {
  removing: string; // id of the item that is about to go, '' for none
}

export function repeatSection(desk: Desk, node: Repeat): TemplateResult {
  const what = node.label?.plain ?? desk.words.one;
  const add = () => {
    node.add();
    desk.say(fill(desk.words.added, { what: fill(desk.words.itemTitle, { what, number: node.items.length }) }));
    desk.wrote();
    const added = node.items.at(-1);
    if (added) desk.focusNext(`#${added.id}`);
  };
  return html`<section class="df-repeat" aria-label=${what}>
    ${repeat(node.items, (item) => item.id, (item, index) => itemCard(desk, node, item, index, what))}
    ${node.changeable
      ? html`<button type="button" class="df-button df-add" id="${node.id}-add" @click=${add}>
          <span aria-hidden="true">＋</span> ${fill(desk.words.add, { what })}
        </button>`
      : nothing}
  </section>`;
}

function itemCard(desk: Desk, node: Repeat, item: RepeatItem, index: number, what: string): TemplateResult {
  const title = fill(desk.words.itemTitle, { what, number: index + 1 });
  return html`<fieldset class="df-item" id=${item.id} tabindex="-1">
    <legend class="df-group-title">${node.label ? words(node.label) : what} ${index + 1}</legend>
    ${inOrder(desk, item.children)} ${node.changeable ? removing(desk, node, item, index, title) : nothing}
  </fieldset>`;
}

function hasAnswers(item: RepeatItem): boolean {
  return relevantLeaves(item.children).some((leaf) => leaf.kind !== "hidden" && leaf.kind !== "note" && leaf.text !== "");
}

/** Taking one away; asked again when something was written in it. */
function removing(desk: Desk, node: Repeat, item: RepeatItem, index: number, title: string): TemplateResult {
  const asking = desk.memory<Asking>(node, () => ({ removing: "" }));
  const ask = (id: string, focus: string) => {
    asking.removing = id;
    desk.redraw();
    desk.focusNext(focus);
  };
  const remove = () => {
    asking.removing = "";
    node.remove(index);
    desk.say(fill(desk.words.removed, { what: title }));
    desk.wrote();
    desk.focusNext(`#${node.id}-add`);
  };
  if (asking.removing !== item.id) {
    const first = () => (hasAnswers(item) ? ask(item.id, `#${item.id}-sure`) : remove());
    return html`<button type="button" class="df-quiet df-danger" id="${item.id}-remove" @click=${first}
      aria-label=${fill(desk.words.removeThis, { what: title })}>${desk.words.remove}</button>`;
  }
  return html`<div class="df-sure" role="group" aria-label=${fill(desk.words.removeThis, { what: title })}>
    <p>${desk.words.removeSure}</p>
    <button type="button" class="df-button df-danger-fill" id="${item.id}-sure" @click=${remove}>
      ${desk.words.removeYes}
    </button>
    <button type="button" class="df-button" @click=${() => ask("", `#${item.id}-remove`)}>${desk.words.removeNo}</button>
  </div>`;
}
