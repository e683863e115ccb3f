/**
 * What a form looks like to the widgets: our own nouns, so that the form engine stays a swap.
 *
 * Every node is live: its fields are read again at each drawing, and follow the engine (relevance,
 * calculated words, language, problems). Nothing here knows which engine is behind it.
 */

/** A piece of a label: plain text, a line break, or an element holding more pieces. */
export type Rich =
  | { readonly text: string }
  | { readonly element: string; readonly href: string; readonly children: readonly Rich[] };

/** Words said by the form, in the language now chosen. `plain` is for lists and aria, `rich` for the screen. */
export interface Said {
  readonly plain: string;
  readonly rich: readonly Rich[];
  readonly image: string; // name of a picture shown with it, '' for none
}

/** Why an answer cannot stay as it is. `message` is the form author's own sentence, '' when there is none. */
export interface Trouble {
  readonly why: "required" | "constraint";
  readonly message: string;
}

export interface Choice {
  readonly value: string;
  readonly label: Said;
}

interface Base {
  readonly id: string; // usable as a DOM id
  readonly path: string; // below the form's root: 'care/weight', 'babies[2]/name'
  readonly label: Said | null;
  readonly relevant: boolean;
  readonly appearances: ReadonlySet<string>;
}

interface Question extends Base {
  readonly hint: Said | null;
  readonly required: boolean;
  readonly readonly: boolean;
  readonly trouble: Trouble | null;
  readonly text: string; // the answer as it is written in the record, '' for none
}

/** An answer typed as text; the widget brings it to the form the record wants ('60.5', '2026-03-01'). */
export interface TypedQuestion extends Question {
  readonly kind: "text" | "integer" | "decimal" | "date" | "time" | "dateTime" | "barcode";
  readonly rows: number | null;
  write(text: string): void;
}

export interface RangeQuestion extends Question {
  readonly kind: "range";
  readonly from: number;
  readonly to: number;
  readonly step: number;
  write(text: string): void;
}

export interface ChoiceQuestion extends Question {
  readonly kind: "one" | "many" | "rank";
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  choose(values: readonly string[]): void;
}

export interface TickQuestion extends Question {
  readonly kind: "tick";
  readonly ticked: boolean;
  tick(on: boolean): void;
}

export interface FileQuestion extends Question {
  readonly kind: "file";
  readonly accept: string; // 'image/*' …
  readonly media: string; // 'image', 'audio', 'video' or ''
  readonly file: File | null;
  readonly loading: boolean;
  readonly maxPixels: number | null; // longest side the form asks for
  attach(file: File | null): void;
}

/** Words to read; `text` is a value to show below them, '' for none. */
export interface Note extends Question {
  readonly kind: "note";
}

/** A question nobody can answer on this page: a place on a map, a recording. */
export interface Unsupported extends Question {
  readonly kind: "unsupported";
}

/** Worked out or given, never drawn. */
export interface Hidden extends Question {
  readonly kind: "hidden";
}

export interface Group extends Base {
  readonly kind: "group";
  readonly children: readonly FormNode[];
}

export interface RepeatItem extends Base {
  readonly kind: "item";
  readonly children: readonly FormNode[];
}

export interface Repeat extends Base {
  readonly kind: "repeat";
  readonly items: readonly RepeatItem[];
  readonly changeable: boolean; // false when the form itself says how many
  add(): void;
  remove(index: number): void;
}

export type Leaf =
  | TypedQuestion
  | RangeQuestion
  | ChoiceQuestion
  | TickQuestion
  | FileQuestion
  | Note
  | Unsupported
  | Hidden;
export type FormNode = Leaf | Group | Repeat | RepeatItem;

export function isLeaf(node: FormNode): node is Leaf {
  return node.kind !== "group" && node.kind !== "repeat" && node.kind !== "item";
}

export function childrenOf(node: FormNode): readonly FormNode[] {
  if (node.kind === "repeat") return node.items;
  return isLeaf(node) ? [] : node.children;
}

/** Every leaf below these nodes that counts now, in the order of the form. */
export function relevantLeaves(nodes: readonly FormNode[]): Leaf[] {
  return nodes
    .filter((node) => node.relevant)
    .flatMap((node) => (isLeaf(node) ? [node] : relevantLeaves(childrenOf(node))));
}

/** Whether a person sees anything of this node now. */
export function isSeen(node: FormNode): boolean {
  if (!node.relevant || node.kind === "hidden") return false;
  if (node.kind === "repeat") return node.changeable || node.items.some(isSeen);
  return isLeaf(node) || node.children.some(isSeen);
}
