/** What every widget is handed: words, what to show as wrong, and a place to remember half-typed things. */

import type { TemplateResult } from "lit-html";

import type { Words } from "../words";
import type { FormNode, Leaf } from "./model";

export interface Desk {
  readonly words: Words;
  readonly language: string;
  readonly maxAttachmentBytes: number;

  /** The sentence to show at this question now, '' when it is well or not looked at yet. */
  trouble(leaf: Leaf): string;
  /** What the widget itself found wrong ('Write a number …'); '' takes it back. It keeps the record from being sent. */
  object(leaf: Leaf, sentence: string): void;
  /** The person is done with this question: what is wrong with it may now be said. */
  done(leaf: Leaf): void;

  isFixed(node: FormNode): boolean;
  isFilledIn(leaf: Leaf): boolean;

  /** A widget's own memory, kept while the form is open. */
  memory<T extends object>(node: FormNode, fresh: () => T): T;
  /** Something was written in the record. */
  wrote(): void;
  /** Draws again when a widget changed something only it knows. */
  redraw(): void;
  /** Says something to people who listen to the page. */
  say(sentence: string): void;
  /** Puts the keyboard's place on an element after the next drawing. */
  focusNext(selector: string): void;
  /** Brings an element into sight after the next drawing, the keyboard staying where it is. */
  showNext(selector: string): void;
  /** Address of a picture of the form, '' when the page gave none. */
  pictureUrl(name: string): string;

  draw(node: FormNode): TemplateResult;
}
