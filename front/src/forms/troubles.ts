/** Which questions a person has finished with or left wrong, and the sentence each then shows. */

import type { Words } from "../words";
import { type FormNode, type Leaf, relevantLeaves } from "./model";

export class Troubles {
  private readonly finished = new Set<string>(); // answered and left
  private readonly looked = new Set<string>(); // on a page that was to be left or sent
  private readonly objections = new Map<string, string>(); // what widgets themselves found

  /** The person left this question: what is wrong with its answer may be said, but not yet that it is empty. */
  finish(leaf: Leaf): void {
    this.finished.add(leaf.id);
  }

  object(leaf: Leaf, sentence: string): void {
    if (sentence) this.objections.set(leaf.id, sentence);
    else this.objections.delete(leaf.id);
  }

  /** Everything wrong below these nodes, now said out loud. */
  lookAt(nodes: readonly FormNode[]): Leaf[] {
    const leaves = relevantLeaves(nodes);
    for (const leaf of leaves) this.looked.add(leaf.id);
    return leaves.filter((leaf) => this.objections.has(leaf.id) || leaf.trouble !== null);
  }

  /** The leaves below these nodes whose trouble is being said. */
  said(nodes: readonly FormNode[], words: Words): Leaf[] {
    return relevantLeaves(nodes).filter((leaf) => this.sentence(leaf, words) !== "");
  }

  /** What to show at a question now. */
  sentence(leaf: Leaf, words: Words): string {
    const looked = this.looked.has(leaf.id);
    const objection = this.objections.get(leaf.id);
    if (objection !== undefined && (looked || this.finished.has(leaf.id))) return objection;
    const trouble = leaf.trouble;
    if (!trouble) return "";
    if (trouble.why === "required") return looked ? trouble.message || emptyWords(leaf, words) : "";
    return looked || this.finished.has(leaf.id) ? trouble.message || words.notRight : "";
  }
}

function emptyWords(leaf: Leaf, words: Words): string {
  if (leaf.kind === "tick") return words.mustTick;
  return leaf.kind === "unsupported" ? words.notHereNeeded : words.mustFill;
}
