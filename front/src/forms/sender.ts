/** Sends a record as OpenRosa does, once, and says in our words what became of it. */

import type { Payload } from "./runner";

export type Outcome =
  | { readonly kind: "accepted"; readonly redirect: string }
  | { readonly kind: "refused"; readonly sentence: string }
  | { readonly kind: "trouble"; readonly sentence: string }
  | { readonly kind: "signedOut" }
  | { readonly kind: "offline" }
  | { readonly kind: "notSaved"; readonly sentence: string }; // on a phone that keeps records itself

export interface Destination {
  readonly url: string;
  readonly csrfToken: string;
}

/** The token of today's session: signing in again gives a new one while the page stays open. */
function currentToken(destination: Destination): string {
  const cookie = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(globalThis.document?.cookie ?? "");
  return cookie?.[1] ?? destination.csrfToken;
}

/** Posts the payload. Never throws; nothing is retried by itself. */
export async function send(payload: Payload, to: Destination, get: typeof fetch = fetch): Promise<Outcome> {
  const body = new FormData();
  for (const { name, file } of payload.parts) body.append(name, file, file.name);
  const headers = {
    "Accept": "application/json",
    "X-CSRFToken": currentToken(to),
    "X-OpenRosa-Version": "1.0",
  };
  let answer: Response;
  try {
    answer = await get(to.url, { method: "POST", body, headers, credentials: "same-origin", redirect: "manual" });
  } catch {
    return { kind: "offline" };
  }
  return outcomeOf(answer);
}

async function outcomeOf(answer: Response): Promise<Outcome> {
  if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "signedOut" };
  const said = await bodyOf(answer);
  if (answer.status === 201 || answer.status === 202) return { kind: "accepted", redirect: said.redirect };
  const kind = answer.status >= 400 && answer.status < 500 ? "refused" : "trouble";
  return { kind, sentence: said.sentence };
}

/** The server's own words: JSON {redirect, message}, OpenRosa's <message>, or plain text. */
async function bodyOf(answer: Response): Promise<{ redirect: string; sentence: string }> {
  const type = answer.headers.get("content-type") ?? "";
  let text = "";
  try {
    text = await answer.text();
  } catch {
    return { redirect: "", sentence: "" };
  }
  if (type.includes("json")) return jsonBody(text);
  if (type.includes("xml")) {
    const message = [...new DOMParser().parseFromString(text, "application/xml").getElementsByTagName("*")];
    return { redirect: "", sentence: message.find((e) => e.localName === "message")?.textContent?.trim() ?? "" };
  }
  return { redirect: "", sentence: type.includes("text/plain") ? text.trim() : "" };
}

function jsonBody(text: string): { redirect: string; sentence: string } {
  try {
    const said = JSON.parse(text) as Record<string, unknown> | null;
    const words = (name: string) => (typeof said?.[name] === "string" ? (said[name] as string) : "");
    return { redirect: sameOrigin(words("redirect")), sentence: words("message") || words("detail") || words("error") };
  } catch {
    return { redirect: "", sentence: "" };
  }
}

/** Only an address of this server: an answer never sends anybody elsewhere. */
function sameOrigin(address: string): string {
  const here = globalThis.location?.href;
  if (!address || !here) return address;
  const url = new URL(address, here);
  return url.origin === new URL(here).origin ? url.href : "";
}
