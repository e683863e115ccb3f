/**
 * `<doorstep-form>`: one form, filled and sent.
 *
 *     <doorstep-form><script type="application/json">{"formXmlUrl": "…", "submitUrl": "…", …}</script></doorstep-form>
 *
 * What is written stays in this page's memory only, never on the disk of the phone; a page that keeps records itself, sealed,
 * sets `supply` instead of the JSON before the element comes into the page. Attributes win over the JSON:
 * `language` may be changed while the form is open, and nothing written is lost. The element fires
 * `doorstep-form:ready` and `doorstep-form:sent` (both bubble).
 */

import { html, render, type TemplateResult } from "lit-html";

import { directionOf, wordsIn } from "../words";
import { type FormConfig, readConfig } from "./config";
import type { Desk } from "./desk";
import { type FormNode, type Leaf, childrenOf, isLeaf, relevantLeaves } from "./model";
import { type Page, pagesOf } from "./pages";
import { FormNotReadable, FormRunner, type LoadOptions, type Payload } from "./runner";
import { type Outcome, send } from "./sender";
import { plainPanel, savedPanel, type Sheet, sheet } from "./sheet";
import { configOf, type Supply } from "./supply";
import { Troubles } from "./troubles";
import { widget } from "./widgets";

type Stage = "opening" | "open" | "sending" | "sent" | "notFetched" | "notReadable";

class NotFetched extends Error {}

export class DoorstepForm extends HTMLElement {
  static readonly observedAttributes = ["language"];

  supply: Supply | null = null;
  private config!: FormConfig;
  private runner: FormRunner | null = null;
  private troubles = new Troubles();
  private stage: Stage = "opening";
  private language = "zh";
  private pageKey = ""; // of the page now open, '' for the first
  private summarised: readonly FormNode[] = []; // whose troubles the list at the top tells
  private outcome: Outcome | null = null;
  private prepared: Payload | null = null; // what was sent last, to send the very same again
  private touched = false;
  private drawingAsked = false;
  private focusWanted = "";
  private sightWanted = "";
  private readonly memories = new Map<string, object>();
  private readonly status = document.createElement("p");
  private readonly stand = document.createElement("div");

  /** The form being filled, once it is open. */
  get form(): FormRunner | null {
    return this.runner;
  }

  connectedCallback(): void {
    if (this.stand.isConnected) return;
    const told = () => this.querySelector("script[type='application/json']")?.textContent ?? "{}";
    this.config = this.supply ? configOf(this.supply) : readConfig(told());
    this.language = this.getAttribute("language") ?? this.config.language;
    this.status.className = "df-status";
    this.status.setAttribute("role", "status");
    this.append(this.status, this.stand);
    this.speakLanguage();
    window.addEventListener("beforeunload", this.warnBeforeLeaving);
    void this.open();
  }

  disconnectedCallback(): void {
    window.removeEventListener("beforeunload", this.warnBeforeLeaving);
  }

  attributeChangedCallback(_name: string, _before: string | null, language: string | null): void {
    if (language && this.stand.isConnected) this.turnTo(language);
  }

  private readonly warnBeforeLeaving = (event: BeforeUnloadEvent): void => {
    if (this.touched && this.stage !== "sent" && !this.supply) event.preventDefault();
  };

  // ---------------------------------------------------------------- opening

  private async open(): Promise<void> {
    this.stage = "opening";
    this.redraw();
    try {
      this.runner = await this.load();
      this.runner.setLanguage(this.language);
      for (const name of this.runner.notInForm) console.warn(`doorstep-form: no question '${name}' to fill in`);
      this.stage = "open";
      this.dispatchEvent(new CustomEvent("doorstep-form:ready", { bubbles: true }));
    } catch (error) {
      this.stage = error instanceof NotFetched ? "notFetched" : "notReadable";
      if (error instanceof FormNotReadable) console.error(error);
      else if (!(error instanceof NotFetched)) throw error;
    } finally {
      this.redraw();
    }
  }

  private async load(): Promise<FormRunner> {
    const { edit } = this.config;
    const options: LoadOptions = {
      attachments: this.config.attachments,
      prefill: this.config.prefill,
      counter: this.config.counter,
      changed: () => this.redraw(),
    };
    if (this.supply) return this.loadSupplied(this.supply, options);
    const xml = await text(this.config.formXmlUrl);
    if (!edit) return FormRunner.load(xml, options);
    return FormRunner.edit(xml, { ...options, instanceXml: await text(edit.instanceXmlUrl), instanceFiles: edit.files });
  }

  private async loadSupplied(supply: Supply, options: LoadOptions): Promise<FormRunner> {
    const xml = await supply.xml().catch(() => {
      throw new NotFetched();
    });
    if (!supply.record) return FormRunner.load(xml, options);
    const asked = { ...options, instanceXml: supply.record.xml, files: supply.record.files };
    return supply.record.as === "draft" ? FormRunner.restore(xml, asked) : FormRunner.edit(xml, asked);
  }

  // ---------------------------------------------------------------- drawing

  /** Draws once after everything that happens in this turn. */
  private redraw(): void {
    if (this.drawingAsked) return;
    this.drawingAsked = true;
    queueMicrotask(() => {
      this.drawingAsked = false;
      render(this.view(), this.stand);
      this.placeFocus();
    });
  }

  private view(): TemplateResult {
    const words = wordsIn(this.language);
    switch (this.stage) {
      case "opening":
        return plainPanel(words.loading, "", () => undefined);
      case "notFetched":
        return plainPanel(words.cannotFetch, words.tryAgain, () => void this.open());
      case "notReadable":
        return plainPanel(words.cannotOpen, "", () => undefined);
      case "sent":
        return savedPanel(words);
      default:
        return this.runner ? sheet(this.sheet(this.runner)) : html``;
    }
  }

  private sheet(runner: FormRunner): Sheet {
    const pages = this.pages();
    const at = this.pageIndex(pages);
    return {
      desk: this.desk(runner),
      pages,
      at,
      given: relevantLeaves(runner.nodes).filter((leaf) => this.isFixed(leaf)),
      wrong: this.troubles.said(this.summarised, wordsIn(this.language)),
      sending: this.stage === "sending",
      outcome: this.outcome,
      languages: runner.languages,
      signInUrl: this.config.signInUrl,
      back: () => this.showPage(pages[at - 1]),
      forward: () => void this.forward(),
      goTo: (leaf) => this.goTo(leaf),
      turnTo: (language) => this.turnTo(language),
    };
  }

  private desk(runner: FormRunner): Desk {
    const words = wordsIn(this.language);
    const desk: Desk = {
      words,
      language: this.language,
      maxAttachmentBytes: this.config.maxAttachmentBytes,
      trouble: (leaf) => this.troubles.sentence(leaf, words),
      object: (leaf, sentence) => this.troubles.object(leaf, sentence),
      done: (leaf) => this.done(leaf),
      wrote: () => this.wrote(),
      isFixed: (node) => this.isFixed(node),
      isFilledIn: (leaf) => runner.prefilled.has(leaf.path) && leaf.text !== "" && !leaf.readonly,
      memory: (node, fresh) => this.memory(node, fresh),
      redraw: () => this.redraw(),
      say: (sentence) => void (this.status.textContent = sentence),
      focusNext: (selector) => void (this.focusWanted = selector),
      showNext: (selector) => void (this.sightWanted = selector),
      pictureUrl: (name) => this.config.attachments[name] ?? "",
      draw: (node) => widget(desk, node),
    };
    return desk;
  }

  private memory<T extends object>(node: FormNode, fresh: () => T): T {
    const known = this.memories.get(node.id) ?? fresh();
    this.memories.set(node.id, known);
    return known as T;
  }

  private isFixed(node: FormNode): boolean {
    return isLeaf(node) && this.config.fixed.some((name) => node.path === name || node.path.split("/").at(-1) === name);
  }

  private placeFocus(): void {
    if (this.sightWanted) this.stand.querySelector(this.sightWanted)?.scrollIntoView({ block: "nearest" });
    this.sightWanted = "";
    if (!this.focusWanted) return;
    const found = this.stand.querySelector<HTMLElement>(this.focusWanted);
    this.focusWanted = "";
    const inside = found?.matches("fieldset") ? found.querySelector<HTMLElement>("input, textarea, select") : null;
    const target = inside ?? found;
    target?.focus({ preventScroll: true });
    (found ?? target)?.scrollIntoView({ block: target === found && found?.id.startsWith("df-") ? "start" : "center" });
  }

  // ---------------------------------------------------------------- pages

  private pages(): Page[] {
    return this.runner ? pagesOf(this.runner.nodes, (node) => this.isFixed(node)) : [];
  }

  private pageIndex(pages: readonly Page[]): number {
    return Math.max(0, pages.findIndex((page) => page.key === this.pageKey));
  }

  private showPage(page: Page | undefined): void {
    if (!page) return;
    this.pageKey = page.key;
    this.summarised = [];
    this.focusWanted = page.title ? "#df-page-title" : ".df-form input, .df-form textarea";
    this.redraw();
  }

  private goTo(leaf: Leaf): void {
    const page = this.pages().find((each) => holds(each.nodes, leaf));
    if (page) this.pageKey = page.key;
    this.focusWanted = `#${leaf.id}`;
    this.redraw();
  }

  private async forward(): Promise<void> {
    if (this.stage !== "open" || !this.runner) return;
    const pages = this.pages();
    const at = this.pageIndex(pages);
    const next = pages[at + 1];
    const looked = next ? (pages[at]?.nodes ?? []) : this.runner.nodes;
    const wrong = this.troubles.lookAt(looked);
    if (wrong.length) return this.tellWhatIsWrong(looked, wrong);
    if (next) return this.showPage(next);
    await this.submit(this.runner);
  }

  private tellWhatIsWrong(looked: readonly FormNode[], wrong: readonly Leaf[]): void {
    const [first] = wrong;
    const page = first && this.pages().find((each) => holds(each.nodes, first));
    if (page) this.pageKey = page.key;
    this.summarised = looked;
    this.outcome = null;
    this.focusWanted = "#df-summary";
    this.redraw();
  }

  // ---------------------------------------------------------------- writing and sending

  /** Something was written: what was made ready to send is out of date. */
  private wrote(): void {
    this.touched = true;
    this.prepared = null;
    const { runner, supply } = this;
    if (runner && supply) supply.wrote(() => runner.serialise());
    this.redraw();
  }

  private done(leaf: Leaf): void {
    this.troubles.finish(leaf);
    this.redraw();
  }

  private async submit(runner: FormRunner): Promise<void> {
    this.stage = "sending";
    this.outcome = null;
    this.summarised = [];
    this.redraw();
    // The very same bytes go out again after a lost answer: the server may have kept the first ones.
    this.prepared ??= await runner.serialise();
    const { submitUrl: url, csrfToken } = this.config;
    const outcome = this.supply
      ? await this.supply.keep(this.prepared, runner.nodes)
      : await send(this.prepared, { url, csrfToken });
    if (outcome.kind === "accepted") return this.accepted(outcome.redirect);
    this.stage = "open";
    this.outcome = outcome;
    this.focusWanted = "#df-outcome";
    this.redraw();
  }

  private accepted(redirect: string): void {
    this.stage = "sent";
    this.focusWanted = "#df-outcome";
    this.dispatchEvent(new CustomEvent("doorstep-form:sent", { bubbles: true }));
    if (redirect) window.location.assign(redirect);
    this.redraw();
  }

  // ---------------------------------------------------------------- language

  private turnTo(language: string): void {
    this.language = language;
    this.runner?.setLanguage(language);
    this.speakLanguage();
    this.redraw();
  }

  private speakLanguage(): void {
    this.lang = this.language;
    this.dir = directionOf(this.language);
  }
}

function holds(nodes: readonly FormNode[], leaf: Leaf): boolean {
  return nodes.some((node) => node.id === leaf.id || holds(childrenOf(node), leaf));
}

async function text(url: string): Promise<string> {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) throw new NotFetched(url);
  return answer.text();
}
