/** The pictures beside words (static/web/icons.svg), drawn in the page: a phone without a network fetches nothing. */

import { html, svg, type TemplateResult } from "lit-html";

const DRAWN = {
  today: svg`<rect x="4" y="5" width="16" height="16" rx="2.5"/><path d="M8 3v4M16 3v4M4 10.5h16"/><path d="m9 15.5 2 2 4-4"/>`,
  families: svg`<path d="M3 20.5V11l5.5-5 5.5 5v9.5z"/><path d="M14 20.5h7V9.5L16.5 6 14.5 7.5"/><path d="M7 20.5v-5h3v5"/>`,
  find: svg`<circle cx="10.5" cy="10.5" r="6.5"/><path d="m20.5 20.5-5.2-5.2"/>`,
  form: svg`<rect x="5" y="3.5" width="14" height="17.5" rx="2"/><path d="M8.5 8.5h7M8.5 12.5h7M8.5 16.5h4"/>`,
  settings: svg`<path d="M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="12" r="2"/><circle cx="15" cy="17" r="2"/>`,
  done: svg`<path d="m5 12.5 4.5 4.5L19 7.5"/>`,
  warning: svg`<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.3v.2"/>`,
  onward: svg`<path d="m9.5 6 6 6-6 6"/>`,
  phone: svg`<path d="M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7 2 2 0 0 1 6.5 3.5z"/>`,
  plus: svg`<path d="M12 5v14M5 12h14"/>`,
};

export type Icon = keyof typeof DRAWN;

export function icon(name: Icon): TemplateResult {
  return html`<svg class="icon" aria-hidden="true" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8"
    stroke-linecap="round" stroke-linejoin="round">${DRAWN[name]}</svg>`;
}
