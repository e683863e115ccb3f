/**
 * One form being filled. The only door to the form engine: load or edit, read the nodes, validate, serialise.
 */

import { loadForm } from "@getodk/xforms-engine";

import { type EngineNode, viewOf } from "./engine";
import { type FormNode, type Leaf, relevantLeaves } from "./model";
import { prefill } from "./prefill";

/** Files a form asks for by name ('person.csv'): their text, or an address on this server. */
export type Attachments = Readonly<Record<string, string>>;

export interface LoadOptions {
  readonly attachments?: Attachments;
  readonly prefill?: Readonly<Record<string, string>>;
  /** The sender's own counter, written as the record's `counter`. */
  readonly counter?: string;
  /** Called after anything in the form changed; several times for one change. */
  readonly changed?: () => void;
  readonly fetch?: typeof fetch;
}

/** A record to change: its XML as received, and the addresses of its files. */
export interface EditOptions extends LoadOptions {
  readonly instanceXml: string;
  readonly instanceFiles?: Readonly<Record<string, string>>;
  readonly files?: readonly File[]; // those that are at hand, by name
}

/** A record ready to be sent: OpenRosa's `xml_submission_file`, then the files it names. */
export interface Payload {
  readonly instanceId: string;
  readonly parts: readonly { readonly name: string; readonly file: File }[];
}

/** A form that the engine cannot open. */
export class FormNotReadable extends Error {}

interface EngineRoot extends EngineNode {
  readonly languages: readonly { readonly language: string; readonly isDefault: boolean }[];
  setLanguage(language: { readonly language: string }): unknown;
  prepareInstancePayload(options: { payloadType: "monolithic" }): Promise<{ data: readonly [FormData] }>;
}

interface LoadedForm {
  readonly status: "success" | "warning" | "failure";
  readonly error: Error | null;
  createInstance(config: object): { readonly root: EngineRoot };
  editInstance(input: object, config: object): Promise<{ readonly root: EngineRoot }>;
  restoreInstance(input: object, config: object): Promise<{ readonly root: EngineRoot }>;
}

const RECORD = "xml_submission_file";
const ADDRESS = /^(\/|\.{1,2}\/|https?:\/\/)/;

export class FormRunner {
  private constructor(
    private readonly root: EngineRoot,
    /** Paths whose answer was given before the form opened. */
    readonly prefilled: ReadonlySet<string>,
    /** Names to prefill that the form does not have. */
    readonly notInForm: readonly string[],
    private readonly counter: string,
    private readonly had: readonly File[] = [], // photos of a half-filled record: the engine hands out those alone that it took in itself
  ) {}

  /** Opens a blank form, with the answers that are known already. @throws FormNotReadable */
  static async load(xml: string, options: LoadOptions = {}): Promise<FormRunner> {
    const given = prefill(xml, options.prefill ?? {});
    const form = await open(given.xml, options);
    const { root } = form.createInstance(instanceConfig(options));
    return new FormRunner(root, new Set(given.paths), given.unknown, options.counter ?? "");
  }

  /** Opens a record to correct it: a new id, and the old one as `deprecatedID`. @throws FormNotReadable */
  static async edit(xml: string, options: EditOptions): Promise<FormRunner> {
    const form = await open(xml, options);
    const get = options.fetch ?? fetch;
    const files = Object.entries(options.instanceFiles ?? {});
    const input = {
      inputType: "FORM_INSTANCE_INPUT_RESOLVABLE",
      resolveInstance: () => Promise.resolve(options.instanceXml),
      attachments: new Map([
        ...files.map(([name, url]) => [name, () => get(url)] as const),
        ...(options.files ?? []).map((file) => [file.name, () => Promise.resolve(new Response(file))] as const),
      ]),
    };
    const { root } = await form.editInstance(input, instanceConfig(options));
    return new FormRunner(root, new Set(), [], options.counter ?? "");
  }

  /** Opens a record that was half filled, under the id it has. @throws FormNotReadable */
  static async restore(xml: string, options: EditOptions): Promise<FormRunner> {
    const form = await open(xml, options);
    const data = new FormData();
    data.set(RECORD, new File([options.instanceXml], RECORD, { type: "text/xml" }));
    for (const file of options.files ?? []) data.set(file.name, file);
    const { root } = await form.restoreInstance({ data: [data] }, instanceConfig(options));
    return new FormRunner(root, new Set(), [], options.counter ?? "", options.files);
  }

  get nodes(): readonly FormNode[] {
    return (this.root.currentState.children ?? []).map(viewOf);
  }

  get instanceId(): string {
    return this.leafAt("meta/instanceID")?.text ?? "";
  }

  /** The languages the form is written in, as codes where the form gives them ('中文 (zh)' → 'zh'). */
  get languages(): readonly { readonly code: string; readonly name: string }[] {
    return this.root.languages
      .filter((each) => each.language !== "")
      .map((each) => ({ code: languageCode(each.language), name: each.language.replace(/\s*\([^)]*\)\s*$/, "") }));
  }

  /** Turns the form to a language by its code; says whether the form has it. */
  setLanguage(code: string): boolean {
    const wanted = code.toLowerCase();
    const exact = this.root.languages.find((each) => languageCode(each.language) === wanted);
    const found = exact ?? this.root.languages.find((each) => languageCode(each.language).split("-")[0] === wanted.split("-")[0]);
    if (found) this.root.setLanguage(found);
    return found !== undefined;
  }

  /** Every relevant answer that cannot stay as it is, in the order of the form. */
  validate(): Leaf[] {
    return relevantLeaves(this.nodes).filter((leaf) => leaf.trouble !== null);
  }

  /** The record as OpenRosa wants it. Says nothing about whether it is valid: ask `validate` first. */
  async serialise(): Promise<Payload> {
    const { data } = await this.root.prepareInstancePayload({ payloadType: "monolithic" });
    const taken = [...data[0].entries()].map(([name, file]) => ({ name, file: file as File }));
    const files = relevantLeaves(this.nodes).filter((leaf) => leaf.kind === "file");
    const named = new Set(files.map((leaf) => (leaf.loading ? leaf.text : leaf.file?.name)));
    const had = this.had.filter(({ name }) => named.has(name) && !taken.some(({ file }) => file.name === name));
    const takenOut = this.had.length ? files.filter((leaf) => !leaf.loading && leaf.file === null && leaf.text).map(({ path }) => path) : [];
    const parts = [...taken, ...had.map((file) => ({ name: file.name, file }))];
    if (!this.counter && !takenOut.length) return { instanceId: this.instanceId, parts };
    const counted = parts.map(async (part) => (part.name === RECORD ? { ...part, file: await finished(part.file, this.counter, takenOut) } : part));
    return { instanceId: this.instanceId, parts: await Promise.all(counted) };
  }

  private leafAt(path: string): Leaf | undefined {
    return relevantLeaves(this.nodes).find((leaf) => leaf.path === path);
  }
}

/** 'English (en)' → 'en'; a language without a code is its own name. */
function languageCode(language: string): string {
  return (/\(([^)]+)\)\s*$/.exec(language)?.[1] ?? language).toLowerCase();
}

/**
 * The record with the sender's counter on its root, where the server reads it, and without the names of photos that were taken
 * out again: the engine goes on naming those a record came with.
 */
async function finished(record: File, counter: string, takenOut: readonly string[]): Promise<File> {
  const xml = new DOMParser().parseFromString(await record.text(), "application/xml");
  if (counter) xml.documentElement.setAttribute("counter", counter);
  for (const path of takenOut) {
    const found = elementAt(xml.documentElement, path);
    if (found) found.textContent = "";
  }
  return new File([new XMLSerializer().serializeToString(xml)], record.name, { type: record.type });
}

/** 'babies[2]/photo' below the root. */
function elementAt(root: Element, path: string): Element | undefined {
  return path.split("/").reduce<Element | undefined>((at, step) => {
    const [, name, number = "1"] = /^([^[]+)(?:\[(\d+)\])?$/.exec(step) ?? [];
    return [...(at?.children ?? [])].filter((each) => each.localName === name)[Number(number) - 1];
  }, root);
}

async function open(xml: string, options: LoadOptions): Promise<LoadedForm> {
  const form = (await loadForm(xml, {
    fetchFormAttachment: (url: URL) => attachment(url.pathname.split("/").pop() ?? "", options),
    missingResourceBehavior: "BLANK",
  })) as unknown as LoadedForm;
  if (form.status === "failure") throw new FormNotReadable(form.error?.message ?? "");
  return form;
}

async function attachment(name: string, options: LoadOptions): Promise<Response> {
  const known = options.attachments?.[decodeURIComponent(name)];
  if (known === undefined) return new Response("", { status: 404 });
  if (ADDRESS.test(known)) return (options.fetch ?? fetch)(known);
  return new Response(known, { headers: { "content-type": contentType(name) } });
}

function contentType(name: string): string {
  if (name.endsWith(".geojson")) return "application/geo+json";
  return name.endsWith(".xml") ? "text/xml" : "text/csv";
}

/** Files get a name that says nothing about anybody, and that is never given twice in one record. */
function fileName(meta: { nodeId: string; writtenAt: Date; extension: string | null }): string {
  return `${meta.writtenAt.getTime()}-${meta.nodeId.slice(-8)}${meta.extension?.toLowerCase() ?? ""}`;
}

function instanceConfig(options: LoadOptions): object {
  const changed = options.changed ?? (() => undefined);
  const stateFactory = <T extends object>(state: T): T =>
    new Proxy(state, {
      set(target, key, value) {
        const done = Reflect.set(target, key, value);
        changed();
        return done;
      },
    });
  return { stateFactory, instanceAttachments: { fileNameFactory: fileName } };
}
