/** A label's words on the screen: bold, lists and links as the author wrote them, never HTML run as it is. */

import { html, nothing, type TemplateResult } from "lit-html";

import type { Desk } from "../desk";
import type { Rich, Said } from "../model";

type Drawn = TemplateResult | typeof nothing | string;

const MARKS: Readonly<Record<string, (inside: Drawn[]) => TemplateResult>> = {
  strong: (inside) => html`<strong>${inside}</strong>`,
  em: (inside) => html`<em>${inside}</em>`,
  u: (inside) => html`<u>${inside}</u>`,
  ul: (inside) => html`<ul>${inside}</ul>`,
  ol: (inside) => html`<ol>${inside}</ol>`,
  li: (inside) => html`<li>${inside}</li>`,
  p: (inside) => html`<span class="df-p">${inside}</span>`,
  div: (inside) => html`<span class="df-p">${inside}</span>`,
  br: () => html`<br />`,
};

function piece(rich: Rich): Drawn {
  if ("text" in rich) return rich.text;
  const inside = rich.children.map(piece);
  if (rich.element === "a" && /^https?:/.test(rich.href)) {
    return html`<a href=${rich.href} target="_blank" rel="noopener noreferrer">${inside}</a>`;
  }
  const heading = /^h[1-6]$/.test(rich.element);
  if (heading) return html`<strong class="df-p">${inside}</strong>`;
  return MARKS[rich.element]?.(inside) ?? html`${inside}`;
}

export function words(said: Said | null): Drawn[] {
  return said ? said.rich.map(piece) : [];
}

/** The words, and the picture that goes with them when the page has it. */
export function wordsAndPicture(desk: Desk, said: Said | null): Drawn[] {
  const url = said?.image ? desk.pictureUrl(said.image) : "";
  const drawn = words(said);
  return url ? [...drawn, html`<img class="df-picture" src=${url} alt=${said?.plain ?? ""} />`] : drawn;
}
