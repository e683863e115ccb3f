/**
 * Small help on every page; all of it works without, more slowly. By attribute:
 *
 *   form[data-once]           its buttons rest after the first press, so that nothing is sent twice
 *   [data-sends-on-change]    a choice sends its form at once
 *   button[data-opens="id"]   opens and closes the element of that id (aria-expanded on the button)
 *   button[data-prints]       prints the page
 *   [data-asks="sentence"]    a form or link that first asks the sentence
 *   [data-takes-focus]        takes the keyboard's place when it comes in (what is wrong, what was saved)
 *
 * htmx gets the CSRF token from <meta name="csrf-token"> or the cookie.
 */

import htmx from "htmx.org";

interface RequestEvent extends CustomEvent {
  readonly detail: { readonly ctx: { readonly request: { readonly headers: Record<string, string> } } };
}

function csrfToken(): string {
  const cookie = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content ?? "";
}

document.addEventListener("htmx:config:request", (event) => {
  const token = csrfToken();
  if (token) (event as RequestEvent).detail.ctx.request.headers["X-CSRFToken"] = token;
});

document.addEventListener("htmx:after:settle", (event) => {
  if (event.target instanceof Element) takeFocus(event.target);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!agreed(form)) return event.preventDefault();
  if (form.hasAttribute("data-once") && !event.defaultPrevented) rest(form);
});

document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.closest("[data-sends-on-change]")) field.form?.requestSubmit();
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("a[data-asks]");
  if (link && !agreed(link)) return event.preventDefault();
  if (event.target.closest("[data-prints]")) window.print();
  const opener = event.target.closest<HTMLElement>("[data-opens]");
  if (opener) open(opener, opener.getAttribute("aria-expanded") !== "true");
});

/** A page that comes back from the browser's memory has its buttons again. */
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll<HTMLButtonElement>("form[data-once] [data-rests]")) {
    button.disabled = false;
    button.removeAttribute("data-rests");
  }
});

function agreed(element: Element): boolean {
  const sentence = element.getAttribute("data-asks");
  return !sentence || window.confirm(sentence);
}

function rest(form: HTMLFormElement): void {
  // After the browser has gathered what is sent: a button that rests already would not be part of it.
  setTimeout(() => {
    for (const button of form.querySelectorAll<HTMLButtonElement>("button[type='submit'], button:not([type])")) {
      button.disabled = true;
      button.setAttribute("data-rests", "");
    }
  }, 0);
}

function open(opener: HTMLElement, show: boolean): void {
  const opened = document.getElementById(opener.dataset["opens"] ?? "");
  opener.setAttribute("aria-expanded", String(show));
  opened?.classList.toggle("show", show);
  if (opened?.hasAttribute("hidden") === show) opened.toggleAttribute("hidden", !show);
}

function takeFocus(within: ParentNode): void {
  const element = within.querySelector<HTMLElement>("[data-takes-focus]");
  if (!element) return;
  if (!element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}

takeFocus(document);

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;
