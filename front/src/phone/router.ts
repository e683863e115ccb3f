/** The pages of the phone: which one an address names, and drawing it anew when something changed. */

import { html, nothing, render } from "lit-html";

import "../form"; // makes <doorstep-form> known
import type { Disk } from "../field/kit";
import { Replica } from "../field/replica";
import { directionOf } from "../words";
import { Book } from "./book";
import { families, family } from "./pages/families";
import { fill } from "./pages/fill";
import { find, newcomer } from "./pages/find";
import { type Icon, icon } from "./pages/icons";
import { leaflets } from "./pages/leaflets";
import { notHere } from "./pages/not_here";
import { outbox } from "./pages/outbox";
import { type At, type Desk, type Draw, type Page, to } from "./pages/page";
import { person } from "./pages/person";
import { receipt } from "./pages/receipt";
import { settings } from "./pages/settings";
import { today } from "./pages/today";
import type { Rooms } from "./rooms";
import { Said } from "./said";
import { type Words, wordsIn } from "./words";

const PAGES: Readonly<Record<string, Draw>> = { today, families, family, person, find, newcomer, fill, outbox, receipt, settings, leaflets };
const TABS: readonly (readonly [page: string, word: "today" | "families" | "find" | "outbox" | "settings", icon: Icon])[] = [
  ["today", "today", "today"],
  ["families", "families", "families"],
  ["find", "find", "find"],
  ["outbox", "outbox", "form"],
  ["settings", "settings", "settings"],
];
const UNDER: Readonly<Record<string, string>> = { family: "families", person: "today", newcomer: "families", receipt: "outbox", leaflets: "settings" };

/** What was pulled, on this disk. */
export function openReplica(disk: Disk): Replica {
  return new Replica(disk, { now: () => Date.now() });
}

/** Show the pages in `host`. Gives what takes them down. */
export function startPages(host: HTMLElement, rooms: Rooms): () => void {
  const pages = new Pages(host, rooms);
  return () => pages.stop();
}

/** The day by this phone's own clock. */
export function dayOf(at: number): string {
  const then = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())}`;
}

const RUN = String(Math.random()); // steps numbered before the app began anew count no more

class Pages {
  private readonly words: Words;
  private readonly tabs = document.createElement("nav");
  private readonly ends: (() => void)[] = [];
  private memories: object | null = null;
  private leaving: (() => Promise<void>)[] = [];
  private book: Book | null = null;
  private turn = 0; // counts what was asked to be drawn: only the last is shown
  private shown = ""; // the address now on the screen
  private stopped = false;
  private unsent = -1;
  private readonly seen = new Map<number, number>(); // how far each step of the browser's history was scrolled
  private step = 0;

  constructor(
    private readonly host: HTMLElement,
    private readonly rooms: Rooms,
  ) {
    this.words = wordsIn(rooms.language);
    document.documentElement.lang = rooms.language;
    document.documentElement.dir = directionOf(rooms.language);
    this.tabs.className = "tabs phone-tabs";
    this.tabs.setAttribute("aria-label", this.words.mainPages);
    host.before(this.tabs);
    document.body.classList.add("has-tabs");
    const changed = () => this.changed();
    window.addEventListener("hashchange", this.moved);
    window.history.scrollRestoration = "manual";
    this.step = stepOf(0);
    this.ends.push(
      () => window.removeEventListener("hashchange", this.moved), rooms.loop.arrived(changed),
      rooms.loop.watch(({ unsent }) => unsent !== this.unsent && this.counted(unsent)), rooms.lock.before(() => this.leave()),
    );
    void (rooms.replica as Replica).letGo().finally(this.moved);
  }

  stop(): void {
    this.stopped = true;
    void this.leave();
    for (const end of this.ends) end();
    render(nothing, this.host);
    this.host.className = "page-main";
    this.tabs.remove();
    document.body.classList.remove("has-tabs", "filling");
    this.book = null;
  }

  private readonly moved = (): void => {
    this.seen.set(this.step, window.scrollY);
    this.step = stepOf(this.seen.size);
    void this.leave();
    this.leaving = [];
    this.memories = null;
    void this.draw(true);
  };

  /** What was saved, or what came, is read again. */
  private changed(): void {
    this.book = null;
    void this.draw(false);
  }

  private counted(unsent: number): void {
    this.unsent = unsent;
    this.changed();
  }

  private async leave(): Promise<void> {
    await Promise.all(this.leaving.map((last) => last()));
  }

  private at(): At {
    const [path = "", query = ""] = window.location.hash.replace(/^#\/?/, "").split("?");
    return { path: path.split("/").map(decoded), asked: new URLSearchParams(query) };
  }

  private async draw(anew: boolean): Promise<void> {
    const turn = (this.turn += 1);
    const at = this.at();
    const hash = window.location.hash;
    this.drawTabs(at.path[0] || "today");
    let page: Page;
    try {
      this.book ??= await Book.open(this.rooms.replica as Replica, this.rooms.outbox, this.rooms.language, dayOf(this.rooms.clock.now()));
      if (this.gone(turn)) return;
      const draw = PAGES[at.path[0] || "today"] ?? notHere;
      page = await draw(this.desk(at, hash, this.book));
    } catch (error) {
      console.error(error);
      page = { title: this.words.broken, body: html`<p class="trouble" role="alert">${this.words.broken}</p>` };
    }
    if (!this.gone(turn)) this.show(page, anew || hash !== this.shown, hash);
  }

  private gone(turn: number): boolean {
    return this.stopped || turn !== this.turn;
  }

  private show(page: Page, anew: boolean, hash: string): void {
    if (anew) render(nothing, this.host);
    document.title = `${page.title} · Doorstep`;
    document.body.classList.toggle("filling", page.filling ?? false);
    this.host.className = `page-main ${page.width ?? ""}`;
    render(page.body, this.host);
    this.shown = hash;
    if (!anew) return;
    window.scrollTo(0, this.seen.get(this.step) ?? 0); // where she was, when she came back
    (this.host.querySelector<HTMLElement>("h1") ?? this.host).focus({ preventScroll: true });
  }

  private drawTabs(page: string): void {
    const unsent = Math.max(0, this.unsent);
    const here = UNDER[page] ?? page;
    render(
      TABS.map(
        ([name, word, picture]) => html`<a class="tab" href=${to([name])} aria-current=${name === here ? "page" : nothing}>
          ${icon(picture)}<span>${this.words[word]}${name === "outbox" && unsent ? html` <span class="count">${unsent}</span>` : nothing}</span></a>`,
      ),
      this.tabs,
    );
  }

  private desk(at: At, hash: string, book: Book): Desk {
    const { rooms, words } = this;
    return {
      rooms, replica: rooms.replica as Replica, book, words, language: rooms.language, at, hash,
      said: new Said(rooms.language, dayOf(rooms.clock.now())),
      memory: <T extends object>(fresh: () => T): T => (this.memories ??= fresh()) as T,
      redraw: () => void this.draw(false),
      go: (address) => {
        if (address === window.location.hash) this.moved();
        else window.location.hash = address;
      },
      saved: () => void (this.book = null),
      before: (leaving) => void this.leaving.push(leaving),
    };
  }
}

/** The number of this step of the browser's history; a step not yet numbered is a new page. */
function stepOf(fresh: number): number {
  const state = window.history.state as { step?: number; run?: string } | null;
  if (state?.run === RUN && state.step !== undefined) return state.step;
  window.history.replaceState({ step: fresh, run: RUN }, "");
  return fresh;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
