/** Cuts a form into pages: one per group at the top, when there is more than one. Pure. */

import { type FormNode, type Said, isSeen } from "./model";

export interface Page {
  readonly key: string; // stays the same while the form is open
  readonly title: Said | null;
  readonly nodes: readonly FormNode[];
}

const isSection = (node: FormNode) => node.kind === "group" || node.kind === "repeat";

/**
 * The pages a person goes through now. Questions that stand alone between groups make a page of their own;
 * what is not seen, or is shown elsewhere (`apart`), makes none.
 */
export function pagesOf(nodes: readonly FormNode[], apart: (node: FormNode) => boolean): Page[] {
  const seen = nodes.filter((node) => isSeen(node) && !isApart(node, apart));
  if (nodes.filter((node) => isSection(node) && couldBeSeen(node)).length < 2) {
    return seen.length ? [{ key: "all", title: null, nodes: seen }] : [];
  }
  return runs(seen).map((run) => {
    const [first] = run as [FormNode, ...FormNode[]];
    const alone = run.length === 1 && first.kind === "group";
    return { key: first.id, title: alone ? first.label : null, nodes: alone ? first.children : run };
  });
}

/** Neighbouring single questions together, each section by itself. */
function runs(nodes: readonly FormNode[]): FormNode[][] {
  const made: FormNode[][] = [];
  for (const node of nodes) {
    const last = made.at(-1);
    if (last?.[0] && !isSection(node) && !isSection(last[0])) last.push(node);
    else made.push([node]);
  }
  return made;
}

function isApart(node: FormNode, apart: (node: FormNode) => boolean): boolean {
  if (node.kind === "group") return node.children.filter(isSeen).every((child) => isApart(child, apart));
  return apart(node);
}

/** Whether a section ever shows something, so that the form does not change from one page to many while it is filled. */
function couldBeSeen(node: FormNode): boolean {
  if (node.kind === "group") return node.children.some(couldBeSeen);
  return node.kind !== "hidden";
}
