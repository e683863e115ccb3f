/** What is asked for is not on this phone. */

import { html } from "lit-html";

import { type Desk, type Page, to } from "./page";

export function notHere({ words }: Desk): Page {
  return {
    title: words.notHere,
    width: "reading",
    body: html`<section class="calm"><h1 tabindex="-1">${words.notHere}</h1><p class="soft">${words.notHereMore}</p>
      <p><a class="big" href=${to(["today"])}>${words.toToday}</a></p></section>`,
  };
}
