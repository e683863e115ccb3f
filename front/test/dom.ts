/** A page without a browser, and what the form engine asks of the world under Node. Import it first. */

import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html><html><body></body></html>", { url: "http://doorstep.test/", pretendToBeVisual: true });

const FROM_PAGE = [
  "Attr", "CDATASection", "Comment", "CustomEvent", "DOMParser", "Document", "DocumentFragment", "Element", "Event",
  "HTMLElement", "HTMLInputElement", "InputEvent", "KeyboardEvent", "Node", "NodeFilter", "ProcessingInstruction",
  "Text", "XMLDocument", "XMLSerializer", "XPathEvaluator", "XPathResult", "customElements", "document", "location",
] as const;

const world = globalThis as unknown as Record<string, unknown>;
const page = dom.window as unknown as Record<string, unknown>;
for (const name of FROM_PAGE) Object.defineProperty(world, name, { value: page[name], configurable: true, writable: true });
world["window"] = dom.window;
// The engine's parser was built for CommonJS when it runs outside a browser.
world["require"] = createRequire(import.meta.url);
world["__dirname"] = "/";
world["__filename"] = "/engine.js";
dom.window.Element.prototype.scrollIntoView = () => undefined; // a page that is not laid out does not scroll

const folder = process.env["DOORSTEP_TEST_FORMS"] ?? "";

/** The names of the forms in a folder: a pack's id, or 'front' for those made for these tests. */
export function formsOf(pack: string): string[] {
  return readdirSync(join(folder, pack)).filter((name) => name.endsWith(".xml")).map((name) => name.slice(0, -4)).sort();
}

export function packs(): string[] {
  return readdirSync(folder).filter((name) => name !== "front").sort();
}

export function formXml(name: string, pack = "front"): string {
  return readFileSync(join(folder, pack, `${name}.xml`), "utf8");
}
