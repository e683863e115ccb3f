/** The app's beginning: make the phone one's own, the lock, and the pages between unlocking and locking. */

import { html, nothing, render, type TemplateResult } from "lit-html";

import { Outbox } from "../field/outbox";
import { Files } from "../field/files";
import { Follows } from "../field/follows";
import { SealedDisk } from "../field/sealed";
import { change, NeedsHelp, newCode, open, openHelped, recode, seal, SHORTEST_PIN, TooSoon, Wiped, WrongCode, WrongPin } from "../field/vault";
import { bootWords } from "./boot_words";
import { Cupboard, keepOwner, type Owner, owners } from "./cupboard";
import { drafts } from "./drafts";
import { Exchange, LAST, serverOf, sha256 } from "./exchange";
import { icon } from "./pages/icons";
import { photosOn } from "./photos";
import type { Standing } from "./rooms";
import { openReplica, startPages } from "./router";
import { directionOf } from "../words";
import { fill } from "./words";

const TOKEN = "token";
const MINUTES = "lock-minutes";
const USUAL_MINUTES = 5;
const TIGHT = 20_000_000; // bytes left, below which no form is begun
const LANGUAGE = "doorstep-language"; // a language says nothing about anybody

const part = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const language = () => localStorage.getItem(LANGUAGE) ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

/** The member who is logged in. */
type Me = Pick<Owner, "id" | "name">;

/** What is open between unlocking and locking. */
let session: { readonly lock: () => Promise<void> } | null = null;
let words = bootWords(language());

/** The direction of the language, and the sheet that is mirrored for it, as the pages online choose it. */
function turn(): void {
  const sheet = document.getElementById("sheet") as HTMLLinkElement | null;
  document.documentElement.dir = directionOf(language());
  const mirrored = sheet?.dataset["mirrored"] ?? "";
  if (sheet && mirrored && document.documentElement.dir === "rtl") sheet.href = mirrored;
}

export async function boot(): Promise<void> {
  document.documentElement.lang = language();
  turn();
  void installWorker();
  const all = await owners();
  if (all.length) lockScreen(all);
  else await enrolScreen();
}

// ---------------------------------------------------------------- the app kept without a network

async function installWorker(): Promise<void> {
  if (!("serviceWorker" in navigator)) return void render(html`<p class="note">${words.noWorker}</p>`, part("notes"));
  const registered = await navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone/" }).catch(() => null);
  if (!registered) return;
  const offer = () => {
    if (!registered.waiting || !navigator.serviceWorker.controller) return;
    const take = async () => {
      await session?.lock(); // what is half written is kept first
      navigator.serviceWorker.addEventListener("controllerchange", () => window.location.reload(), { once: true });
      registered.waiting?.postMessage("take over");
    };
    render(html`<p class="note">${words.newVersion} <button type="button" class="second small" @click=${() => void take()}>${words.takeNew}</button></p>`, part("notes"));
  };
  offer();
  registered.addEventListener("updatefound", () => registered.installing?.addEventListener("statechange", offer));
}

// ---------------------------------------------------------------- making the phone one's own

async function enrolScreen(said = ""): Promise<void> {
  bar(null);
  const who = await fetch("/phone/who", { credentials: "same-origin", redirect: "manual", cache: "no-store" }).catch(() => null);
  if (!who?.ok) {
    return show(html`<section class="door"><h1 tabindex="-1">${words.welcome}</h1>${said ? html`<p class="trouble" role="alert">${said}</p>` : nothing}
      <p>${words.logInMore}</p><p><a class="big" href="/login?next=/phone/">${words.logIn}</a></p></section>`);
  }
  const { may, ...me } = (await who.json()) as Me & { may: boolean };
  if (!may) return show(html`<h1 tabindex="-1">${words.welcome}</h1><p>${words.notYou}</p>`);
  pinForm(said, me);
}

function pinForm(said: string, me: Me): void {
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const [pin, again] = [typed(form, "pin"), typed(form, "again")];
    if ([...pin].length < SHORTEST_PIN) return pinForm(words.pinShort, me);
    if (pin !== again) return pinForm(words.pinNot, me);
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    await enrol(pin, me).catch((error: unknown) => notEnrolled(error, me));
  };
  const owner = { ...me, unsent: 0 };
  show(html`<section class="door"><h1 tabindex="-1">${words.welcome}</h1><p>${words.welcomeMore}</p><p>${fill(words.madeFor, { name: me.name })}</p>
    ${said ? html`<p class="trouble" role="alert">${said}</p>` : nothing}
    <form @submit=${(event: Event) => void submit(event)}>
      <label class="field"><span>${words.pin}</span><input class="form-control" type="password" name="pin" autocomplete="new-password" required /></label>
      <label class="field"><span>${words.pinAgain}</span><input class="form-control" type="password" name="again" autocomplete="new-password" required /></label>
      <button class="big">${words.make}</button>
    </form>
    ${said === words.otherPin ? html`<p><button type="button" class="quiet" @click=${() => helpScreen([owner], owner)}>${words.forgotten}</button></p>` : nothing}</section>`);
}

/** This browser holds records of hers under another PIN, or something went wrong: nothing was made at the server. */
function notEnrolled(error: unknown, me: Me): void {
  if (error instanceof WrongPin) return pinForm(words.otherPin, me);
  if (error instanceof NeedsHelp) return helpScreen([{ ...me, unsent: 0 }], { ...me, unsent: 0 }, words.needsHelp);
  if (error instanceof Wiped) return pinForm(words.wiped, me);
  if (error instanceof TooSoon) return pinForm(fill(words.wait, { time: clockTime(error.until) }), me);
  pinForm(words.failed, me);
}

/**
 * Whoever had this phone before keeps the records of then: the store is opened with the PIN of then, never made anew over them.
 * That comes first, so that a wrong PIN leaves nothing behind at the server, and a key that still counts is gone on with.
 */
async function enrol(pin: string, me: Me): Promise<void> {
  const cupboard = await Cupboard.of(me.id);
  const had = (await cupboard.lid()) !== null;
  if (!had) return enrolAnew(cupboard, (code) => seal(cupboard, pin, code));
  const secret = await open(cupboard, pin, Date.now());
  const token = await (await SealedDisk.open(cupboard, secret)).read(TOKEN);
  if (!token || !(await stillCounts(token))) return enrolAnew(cupboard, () => Promise.resolve(secret));
  await unlocked(cupboard, secret, await mine(me));
}

async function stillCounts(token: string): Promise<boolean> {
  const { status } = await serverOf(token, language()).form("", "");
  if (status >= 500) throw new Error(String(status));
  return status !== 401 && status !== 403;
}

async function mine(me: Me): Promise<Owner> {
  const had = (await owners()).find(({ id }) => id === me.id);
  const owner = { ...me, unsent: had?.unsent ?? 0 };
  await keepOwner(owner);
  return owner;
}

async function enrolAnew(cupboard: Cupboard, secretFor: (code: string) => Promise<Uint8Array>): Promise<void> {
  const code = newCode();
  const csrf = /(?:^|;\s*)(?:__Host-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
  const answer = await fetch("/sync/enrol", {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify({ label: labelOf(navigator.userAgent), desk_code: code }),
  });
  if (answer.status !== 201) throw new Error(String(answer.status));
  const { token, worker } = (await answer.json()) as { token: string; worker: { id: number; name: string } };
  await navigator.storage?.persist?.().catch(() => false);
  const secret = await secretFor(code);
  await recode(cupboard, secret, code);
  const disk = await SealedDisk.open(cupboard, secret);
  await disk.write([[TOKEN, token]]);
  await unlocked(cupboard, secret, await mine(worker));
}

function labelOf(agent: string): string {
  return /Android [\d.]+|iPhone OS [\d_]+|Windows|Linux|Mac OS X/.exec(agent)?.[0] ?? "";
}

// ---------------------------------------------------------------- the lock

function lockScreen(all: readonly Owner[], said = "", chosen = all.length === 1 ? all[0] : undefined): void {
  bar(null);
  if (!chosen) {
    return show(html`<section class="door"><h1 tabindex="-1">${words.who}</h1>
      ${all.map((one) => html`<button type="button" class="second big-choice" @click=${() => lockScreen(all, "", one)}>${one.name}${one.unsent ? ` · ${fill(words.otherUnsent, { n: one.unsent })}` : ""}</button>`)}
      <p><button type="button" class="quiet" @click=${() => void enrolScreen()}>${words.another}</button></p></section>`);
  }
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    try {
      const cupboard = await Cupboard.of(chosen.id);
      const secret = await open(cupboard, typed(form, "pin"), Date.now());
      await unlocked(cupboard, secret, chosen);
    } catch (error) {
      await notOpened(error, all, chosen);
    }
  };
  show(html`<section class="door"><h1 tabindex="-1">${words.locked}</h1><p>${chosen.name}${chosen.unsent ? ` · ${fill(words.otherUnsent, { n: chosen.unsent })}` : ""}</p>
    ${said ? html`<p class="trouble" role="alert">${said}</p>` : nothing}
    <form @submit=${(event: Event) => void submit(event)}>
      <label class="field"><span>${words.pin}</span><input class="form-control" type="password" name="pin" autocomplete="current-password" required /></label>
      <button class="big">${words.open}</button>
    </form>
    <p><button type="button" class="quiet" @click=${() => helpScreen(all, chosen)}>${words.forgotten}</button></p>
    <p><button type="button" class="quiet" @click=${() => (all.length > 1 ? lockScreen(all, "", undefined) : void enrolScreen())}>${words.another}</button></p></section>`);
  document.querySelector<HTMLInputElement>("input[name=pin]")?.focus();
}

/** The PIN is forgotten, or was wrong too often: the desk reads a code out, and a new PIN is chosen. */
function helpScreen(all: readonly Owner[], chosen: Owner, said = ""): void {
  const submit = async (event: Event) => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const [fresh, again] = [typed(form, "pin"), typed(form, "again")];
    if ([...fresh].length < SHORTEST_PIN) return helpScreen(all, chosen, words.pinShort);
    if (fresh !== again) return helpScreen(all, chosen, words.pinNot);
    try {
      const cupboard = await Cupboard.of(chosen.id);
      await unlocked(cupboard, await openHelped(cupboard, typed(form, "code"), fresh), chosen);
    } catch (error) {
      if (error instanceof WrongCode) return helpScreen(all, chosen, words.wrongCode);
      await notOpened(error, all, chosen);
    }
  };
  show(html`<section class="door"><h1 tabindex="-1">${words.forgotten}</h1><p>${chosen.name}</p><p>${words.helpMore}</p>
    ${said ? html`<p class="trouble" role="alert">${said}</p>` : nothing}
    <form @submit=${(event: Event) => void submit(event)}>
      <label class="field"><span>${words.code}</span><input class="form-control" name="code" autocomplete="off" autocapitalize="characters" spellcheck="false" required /></label>
      <label class="field"><span>${words.newPin}</span><input class="form-control" type="password" name="pin" autocomplete="new-password" required /></label>
      <label class="field"><span>${words.pinAgain}</span><input class="form-control" type="password" name="again" autocomplete="new-password" required /></label>
      <button class="big">${words.open}</button>
    </form>
    <p><button type="button" class="quiet" @click=${() => lockScreen(all, "", chosen)}>${words.back}</button></p></section>`);
}

async function notOpened(error: unknown, all: readonly Owner[], chosen: Owner): Promise<void> {
  if (error instanceof Wiped) return enrolScreen(words.wiped);
  if (error instanceof NeedsHelp) return helpScreen(all, chosen, words.needsHelp);
  if (error instanceof WrongPin) return lockScreen(all, words.wrong, chosen);
  if (error instanceof TooSoon) return lockScreen(all, fill(words.wait, { time: clockTime(error.until) }), chosen);
  console.error(error);
  lockScreen(all, words.broken, chosen);
}

// ---------------------------------------------------------------- unlocked

async function unlocked(cupboard: Cupboard, secret: Uint8Array, owner: Owner): Promise<void> {
  const disk = await SealedDisk.open(cupboard, secret);
  const clock = { now: () => Date.now() };
  const outbox = new Outbox(disk, clock, (text) => sha256(new TextEncoder().encode(text)));
  const replica = openReplica(disk);
  const files = new Files(disk, sha256);
  const follows = new Follows(disk, outbox);
  const clean = async () => {
    const writes = await cupboard.writes();
    const all = [await outbox.unsent(), await drafts(disk), await files.unsent((await outbox.server())?.epoch ?? -1)];
    if (all.every((some) => !some.length)) await cupboard.cleaned(writes);
  };
  const kept = { clean, last: async () => Number((await disk.read(LAST)) ?? "0") || null, keepLast: (at: number) => disk.write([[LAST, String(at)]]) };
  const loop = new Exchange(outbox, replica, files, follows, serverOf((await disk.read(TOKEN)) ?? "", language()), kept, String(owner.id));
  let minutes = Number((await disk.read(MINUTES)) ?? USUAL_MINUTES);
  const lasts = new Set<() => Promise<void>>();
  let stop = (): void => undefined;
  const lock = async (): Promise<void> => {
    if (!session) return;
    session = null;
    await Promise.race([Promise.all([...lasts].map((last) => last().catch(() => undefined))), new Promise((resolve) => setTimeout(resolve, 2000))]);
    ends.forEach((end) => end());
    stop();
    loop.stop();
    await keepOwner({ ...owner, unsent: (await outbox.unsent()).length });
    cupboard.close();
    line(null);
    lockScreen(await owners());
  };
  const hide = async (): Promise<void> => {
    show(html`<h1 tabindex="-1">${words.neutral}</h1><p class="soft">${words.neutralMore}</p>`, false);
    part("main").hidden = true;
    bar(null);
    line(null);
    document.title = words.neutral;
    await lock().finally(() => void (part("main").hidden = false));
  };
  let counted = -1;
  const ends = [
    loop.watch((standing) => {
      line(standing);
      if (standing.unsent !== counted) void keepOwner({ ...owner, unsent: (counted = standing.unsent) });
    }),
    idle(() => minutes, () => void lock()),
  ];
  session = { lock };
  await outbox.tidy();
  bar({ lock: () => void lock(), hide: () => void hide() });
  render(nothing, part("main"));
  await loop.start();
  stop = startPages(part("main"), {
    disk, outbox, replica, loop, clock, language: language(), photos: photosOn(files), follows,
    setLanguage: (chosen) => {
      localStorage.setItem(LANGUAGE, chosen);
      words = bootWords(chosen);
      void lock();
    },
    lock: {
      now: lock, hide,
      before: (last) => (lasts.add(last), () => void lasts.delete(last)),
      change: (old, fresh) => change(cupboard, old, fresh, Date.now()),
      get minutes() {
        return minutes;
      },
      setMinutes: (chosen) => disk.write([[MINUTES, String((minutes = chosen))]]),
    },
    room: {
      persisted: async () => (await navigator.storage?.persisted?.()) ?? false,
      tight: async () => {
        const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
        return quota - usage < TIGHT;
      },
    },
  });
}

/** Locks after so many minutes without a touch, also when the phone slept through them. */
function idle(minutes: () => number, lock: () => void): () => void {
  let touched = Date.now();
  const touch = () => void (touched = Date.now());
  const look = () => {
    if (Math.abs(Date.now() - touched) > minutes() * 60_000) lock();
  };
  const signs = ["pointerdown", "keydown", "scroll"];
  for (const sign of signs) window.addEventListener(sign, touch, { passive: true });
  document.addEventListener("visibilitychange", look);
  const timer = setInterval(look, 5_000);
  return () => {
    for (const sign of signs) window.removeEventListener(sign, touch);
    document.removeEventListener("visibilitychange", look);
    clearInterval(timer);
  };
}

// ---------------------------------------------------------------- on the screen

function show(body: TemplateResult, focus = true): void {
  const main = part("main");
  main.className = "page-main narrow";
  main.hidden = false;
  render(nothing, main);
  render(body, main);
  document.title = words.doorstep;
  if (focus) (main.querySelector<HTMLElement>("h1") ?? main).focus();
}

function bar(open: { readonly lock: () => void; readonly hide: () => void } | null): void {
  render(
    html`<div class="top-inside"><a class="brand" href="#/today">${icon("families")}<span>${words.doorstep}</span></a>
      ${open ? html`<button type="button" class="quiet" @click=${open.hide}>${words.hide}</button><button type="button" class="quiet" @click=${open.lock}>${words.lock}</button>` : nothing}</div>`,
    part("bar"),
  );
}

/** The line that is always on the screen: online or not, what is unsent, when last synced. */
function line(standing: Standing | null): void {
  const host = part("line");
  if (!standing) return void render(nothing, host);
  const { online, busy, unsent, last, trouble } = standing;
  const more = trouble === "unknown_phone" ? words.unknownPhone : trouble === "signed_out" ? words.signedOut : trouble === "server" ? words.server : "";
  const said = [
    busy ? words.busy : online ? words.online : words.offline,
    unsent ? fill(words.unsent, { n: unsent }) : words.allSent,
    last === null ? words.never : fill(words.synced, { time: clockTime(last) }),
  ].join(" · ");
  host.classList.toggle("waits", unsent > 0 || !!more);
  render(html`${said}${more ? html`<br /><strong>${more}</strong>` : nothing}`, host);
}

function clockTime(at: number): string {
  const then = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = then.toDateString() === new Date().toDateString() ? "" : `${two(then.getMonth() + 1)}-${two(then.getDate())} `;
  return `${day}${two(then.getHours())}:${two(then.getMinutes())}`;
}

function typed(form: HTMLFormElement, name: string): string {
  return (form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? "";
}

