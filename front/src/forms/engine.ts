/** The form engine's nodes seen as ours. With runner.ts, the only file that knows the engine's shapes. */

import type { Choice, FormNode, Group, Leaf, Repeat, RepeatItem, Rich, Said, Trouble } from "./model";

/** What we use of a text of the engine (its own published types lean on packages that are not published). */
interface EngineText {
  readonly asString: string;
  readonly formatted: readonly EngineMarkdown[];
  readonly imageSource?: { readonly href: string } | undefined;
}

interface EngineMarkdown {
  readonly role: "child" | "parent" | "html" | "line-break";
  readonly value?: string;
  readonly unsafeHtml?: string;
  readonly elementName?: string;
  readonly url?: string;
  readonly children?: readonly EngineMarkdown[];
}

/** What we use of a node of the engine, whatever its kind. */
export interface EngineNode {
  readonly nodeType: string;
  readonly nodeId: string;
  readonly valueType?: string;
  readonly selectType?: string;
  readonly appearances: Iterable<string> | null;
  readonly nodeOptions: { rows?: number | null; media?: { accept: string; type: string | null } } | null;
  readonly maxPixels?: number | null;
  readonly definition: { readonly bounds?: { start: unknown; end: unknown; step: unknown } };
  readonly currentState: {
    readonly reference: string;
    readonly label: EngineText | null;
    readonly hint: EngineText | null;
    readonly relevant: boolean;
    readonly required: boolean;
    readonly readonly: boolean;
    readonly value: unknown;
    readonly instanceValue?: string;
    readonly valueOptions: readonly { readonly value: string; readonly label: EngineText }[] | null;
    readonly children: readonly EngineNode[] | null;
    readonly attachmentState?: { readonly loading: boolean; readonly intrinsicName: string | null };
  };
  readonly validationState: {
    readonly violation?: { condition: "required" | "constraint"; message: EngineText | null } | null;
  };
  setValue?(value: unknown): unknown;
  setValues?(values: readonly string[]): unknown;
  selectValue?(value: string | null): unknown;
  selectValues?(values: readonly string[]): unknown;
  addInstances?(): unknown;
  removeInstances?(index: number, count: number): unknown;
}

const NOT_HERE = new Set(["geopoint", "geotrace", "geoshape", "intent"]);
const RECORDINGS = new Set(["audio", "video"]);

const TYPED: Readonly<Record<string, string>> = {
  string: "text",
  int: "integer",
  decimal: "decimal",
  date: "date",
  time: "time",
  dateTime: "dateTime",
  barcode: "barcode",
};

function rich(piece: EngineMarkdown): Rich {
  if (piece.role === "line-break") return { element: "br", href: "", children: [] };
  if (piece.role === "child") return { text: piece.value ?? "" };
  if (piece.role === "html") return { text: piece.unsafeHtml ?? "" }; // shown as it is written, never run
  return { element: piece.elementName ?? "span", href: piece.url ?? "", children: (piece.children ?? []).map(rich) };
}

function said(text: EngineText | null): Said | null {
  if (text === null) return null;
  const image = text.imageSource?.href ?? "";
  const plain = flat(text.formatted.map(rich)).trim();
  if (!plain && !image) return null;
  return { plain, rich: text.formatted.map(rich), image: image.slice(image.lastIndexOf("/") + 1) };
}

function flat(pieces: readonly Rich[]): string {
  return pieces.map((p) => ("text" in p ? p.text : p.element === "br" ? " " : flat(p.children))).join("");
}

/** '/data/babies[1]/weight' → 'babies[1]/weight' */
function pathBelowRoot(reference: string): string {
  return reference.split("/").slice(2).join("/");
}

function troubleOf(node: EngineNode): Trouble | null {
  const violation = node.validationState.violation ?? null;
  return violation && { why: violation.condition, message: violation.message?.asString.trim() ?? "" };
}

function base(node: EngineNode) {
  const state = () => node.currentState;
  return {
    id: `q-${node.nodeId.replace(/[^\w-]/g, "-")}`,
    appearances: new Set(node.appearances ?? []),
    get path() {
      return pathBelowRoot(state().reference);
    },
    get label() {
      return said(state().label);
    },
    get relevant() {
      return state().relevant;
    },
    get hint() {
      return said(state().hint);
    },
    get required() {
      return state().required;
    },
    get readonly() {
      return state().readonly;
    },
    get trouble() {
      return troubleOf(node);
    },
    get text() {
      return state().instanceValue ?? "";
    },
  };
}

/** Adds live fields to a node: spreading would read a getter once and for all. */
function extend<A extends object, B extends object>(a: A, b: B): A & B {
  return Object.defineProperties(a, Object.getOwnPropertyDescriptors(b)) as A & B;
}

function typed(node: EngineNode, kind: string): Leaf {
  const write = (text: string) => void node.setValue?.(text === "" ? null : text);
  const writeText = (text: string) => void node.setValue?.(text);
  const stringly = kind === "text" || kind === "barcode";
  return extend(base(node), { kind, rows: node.nodeOptions?.rows ?? null, write: stringly ? writeText : write }) as Leaf;
}

function choosing(node: EngineNode): Leaf {
  const many = node.nodeType === "select" && node.selectType === "select";
  const rank = node.nodeType === "rank";
  return extend(base(node), {
    kind: rank ? "rank" : many ? "many" : "one",
    get choices(): Choice[] {
      return (node.currentState.valueOptions ?? []).map((option) => ({
        value: option.value,
        label: said(option.label) ?? { plain: option.value, rich: [{ text: option.value }], image: "" },
      }));
    },
    get chosen() {
      return node.currentState.value as readonly string[];
    },
    choose(values: readonly string[]) {
      if (rank) node.setValues?.(values);
      else if (many) node.selectValues?.(values);
      else node.selectValue?.(values[0] ?? null);
    },
  }) as Leaf;
}

function range(node: EngineNode): Leaf {
  const bounds = node.definition.bounds;
  return extend(base(node), {
    kind: "range",
    from: Number(bounds?.start ?? 0),
    to: Number(bounds?.end ?? 10),
    step: Number(bounds?.step ?? 1) || 1,
    write: (text: string) => void node.setValue?.(text === "" ? null : text),
  }) as Leaf;
}

function tick(node: EngineNode): Leaf {
  return extend(base(node), {
    kind: "tick",
    get ticked() {
      return node.currentState.value === true;
    },
    tick: (on: boolean) => void node.setValue?.(on),
  }) as Leaf;
}

function upload(node: EngineNode): Leaf {
  const media = node.nodeOptions?.media;
  if (RECORDINGS.has(media?.type ?? "")) return extend(base(node), { kind: "unsupported" }) as Leaf;
  return extend(base(node), {
    kind: "file",
    accept: media?.accept ?? "*",
    media: media?.type ?? "",
    maxPixels: node.maxPixels ?? null,
    get file() {
      return node.currentState.value as File | null;
    },
    get loading() {
      return node.currentState.attachmentState?.loading ?? false;
    },
    attach: (file: File | null) => void node.setValue?.(file),
  }) as Leaf;
}

function leaf(node: EngineNode): Leaf {
  switch (node.nodeType) {
    case "select":
    case "rank":
      return choosing(node);
    case "range":
      return range(node);
    case "trigger":
      return tick(node);
    case "upload":
      return upload(node);
    case "note":
      return extend(base(node), { kind: "note" }) as Leaf;
    case "input": {
      const kind = TYPED[node.valueType ?? ""];
      if (kind) return typed(node, kind);
      return extend(base(node), { kind: NOT_HERE.has(node.valueType ?? "") ? "unsupported" : "hidden" }) as Leaf;
    }
    default:
      return extend(base(node), { kind: "hidden" }) as Leaf;
  }
}

const known = new WeakMap<object, FormNode>();

/** Our view of an engine node; the same view each time, so that widgets can remember things about it. */
export function viewOf(node: EngineNode): FormNode {
  const seen = known.get(node);
  if (seen) return seen;
  const made = make(node);
  known.set(node, made);
  return made;
}

function make(node: EngineNode): FormNode {
  const below = () => (node.currentState.children ?? []).map(viewOf);
  if (node.nodeType.startsWith("repeat-range")) {
    return extend(base(node), {
      kind: "repeat",
      changeable: node.nodeType === "repeat-range:uncontrolled",
      get items() {
        return below() as RepeatItem[];
      },
      add: () => void node.addInstances?.(),
      remove: (index: number) => void node.removeInstances?.(index, 1),
    }) as Repeat;
  }
  if (node.nodeType === "group" || node.nodeType === "repeat-instance") {
    const kind = node.nodeType === "group" ? "group" : "item";
    return extend(base(node), {
      kind,
      get children() {
        return below();
      },
    }) as Group | RepeatItem;
  }
  return leaf(node);
}
