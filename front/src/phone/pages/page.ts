/** What every page is given, and what it gives. */

import type { TemplateResult } from "lit-html";

import type { Replica } from "../../field/replica";
import type { Book } from "../book";
import type { Rooms } from "../rooms";
import type { Said } from "../said";
import type { Words } from "../words";

/** Where the reader is: `#/fill/anc_visit?person=p1` is path ["fill", "anc_visit"] and what is asked. */
export interface At {
  readonly path: readonly string[];
  readonly asked: URLSearchParams;
}

export interface Desk {
  readonly rooms: Rooms;
  readonly replica: Replica;
  readonly book: Book;
  readonly said: Said;
  readonly words: Words;
  readonly language: string;
  readonly at: At;
  /** What a page remembers as long as the reader stays on it. */
  memory<T extends object>(fresh: () => T): T;
  redraw(): void;
  readonly hash: string; // this page's own address
  /** Go to a page; to the same one: it begins anew. */
  go(hash: string): void;
  /** Something was saved on this phone: everything is read again. */
  saved(): void;
  /** To be done when the reader leaves the page or the phone locks. */
  before(leaving: () => Promise<void>): void;
}

export interface Page {
  readonly title: string; // of the window: never a name
  readonly body: TemplateResult;
  readonly width?: "reading" | "narrow";
  readonly filling?: boolean;
}

export type Draw = (desk: Desk) => Promise<Page> | Page;

/** An address inside the app. What is typed never stands in one. */
export function to(path: readonly string[], asked: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(asked).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}
