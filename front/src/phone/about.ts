/** What the phone's own pages need to know of a record: read once, when it is saved, and kept sealed beside it. */

import type { FormKept } from "../field/pulled";
import type { About, Says } from "../field/written";
import { type FormNode, type Leaf, relevantLeaves } from "../forms/model";
import type { Said } from "./said";

const SAVETO = "http://www.opendatakit.org/xforms/entities";
const LISTS = new Set(["person", "household"]);
export const SERVICE_END = "service_end";
export const SERVICE_WANTED = "service_wanted";

export interface Source {
  readonly form: FormKept;
  readonly version: string; // on which it was filled
  readonly formXml: string;
  readonly recordXml: string;
  readonly person: string; // of the page it was begun on
  readonly family: string;
}

export function aboutOf({ form, version, formXml, recordXml, person, family }: Source, nodes: readonly FormNode[], said: Said): About {
  const record = new DOMParser().parseFromString(recordXml, "application/xml").documentElement;
  const entities = [...record.getElementsByTagName("*")].filter((each) => each.localName === "entity");
  const scopes = entities.map((each) => scopePath(each, record));
  const saved = savedTo(formXml);
  const says = entities.flatMap((each) => saysOf(each, record, saved.filter(([path]) => scopeOf(path, scopes) === scopePath(each, record))));
  const made = (list: string) => says.find((one) => one.creates && one.list === list)?.id ?? "";
  const told = form.who ? answerAt(record, form.who) : "";
  return {
    form: form.id, version, title: form.title, says, meets: form.meets,
    service: form.id === SERVICE_END || form.id === SERVICE_WANTED ? answerAt(record, "service") : form.service,
    on: (form.on && answerAt(record, form.on).slice(0, 10)) || said.today,
    person: (form.subject === "person" && told) || person || made("person"),
    family: (form.subject === "household" && told) || family || made("household"),
    ends: form.id === SERVICE_END ? answerAt(record, "service") : "",
    corrects: answerAt(record, "meta/deprecatedID"),
    lines: linesOf(nodes, said),
  };
}

function answerAt(record: Element, path: string): string {
  const found = path.split("/").reduce<Element | null>((at, name) => (at ? child(at, name) : null), record);
  return found?.textContent?.trim() ?? "";
}

function child(parent: Element, name: string): Element | null {
  return [...parent.children].find((each) => each.localName === name) ?? null;
}

/** Which questions a form writes into a list: their paths below the root, with the property's name. */
function savedTo(formXml: string): (readonly [path: string, property: string])[] {
  const form = new DOMParser().parseFromString(formXml, "application/xml");
  return [...form.getElementsByTagName("*")]
    .filter((each) => each.localName === "bind" && each.hasAttributeNS(SAVETO, "saveto"))
    .map((each) => [(each.getAttribute("nodeset") ?? "").split("/").slice(2).join("/"), each.getAttributeNS(SAVETO, "saveto") ?? ""] as const);
}

/** An entity stands in the meta of the record, or of one round of a repeat: what it is said of lies beside that. */
function scopePath(entity: Element, record: Element): string {
  return pathOf(entity.parentElement?.parentElement ?? record, record);
}

/** The innermost of these scopes that a question lies in. */
function scopeOf(path: string, scopes: readonly string[]): string {
  return scopes.filter((scope) => scope === "" || path.startsWith(`${scope}/`)).sort((a, b) => b.length - a.length)[0] ?? "";
}

function saysOf(entity: Element, record: Element, saved: readonly (readonly [string, string])[]): Says[] {
  const scope = entity.parentElement?.parentElement;
  const list = entity.getAttribute("dataset") ?? "";
  const id = entity.getAttribute("id") ?? "";
  const creates = isYes(entity.getAttribute("create"));
  if (!scope || !LISTS.has(list) || !id || !(creates || isYes(entity.getAttribute("update")))) return [];
  const above = pathOf(scope, record);
  const properties: Record<string, string> = {};
  for (const [path, property] of saved) {
    const below = above ? (path.startsWith(`${above}/`) ? path.slice(above.length + 1) : "") : path;
    const value = below && answerAt(scope, below);
    if (value) properties[property] = value;
  }
  return [{ list, id, creates, label: child(entity, "label")?.textContent?.trim() ?? "", properties }];
}

function isYes(text: string | null): boolean {
  return text === "1" || text === "true" || text === "true()";
}

function pathOf(element: Element, root: Element): string {
  const names: string[] = [];
  for (let at: Element | null = element; at && at !== root; at = at.parentElement) names.unshift(at.localName);
  return names.join("/");
}

/** The answered questions in words, in the order of the form. */
function linesOf(nodes: readonly FormNode[], said: Said): (readonly [string, string])[] {
  return relevantLeaves(nodes).flatMap((leaf) => {
    const answer = answerSaid(leaf, said);
    return answer && leaf.label ? [[leaf.label.plain, answer] as const] : [];
  });
}

function answerSaid(leaf: Leaf, said: Said): string {
  switch (leaf.kind) {
    case "note":
    case "hidden":
    case "unsupported":
    case "file":
      return "";
    case "one":
    case "many":
    case "rank":
      return leaf.choices.filter(({ value }) => leaf.chosen.includes(value)).map(({ label }) => label.plain).join(said.language === "zh" ? "、" : ", ");
    case "date":
      return leaf.text ? said.wholeDay(leaf.text) : "";
    default:
      return leaf.text;
  }
}
