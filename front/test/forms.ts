/** Finding and filling questions of an open form, for tests. */

import { childrenOf, type ChoiceQuestion, type FormNode, type Leaf, type Repeat, type TypedQuestion } from "../src/forms/model";
import type { FormRunner } from "../src/forms/runner";

export const PERSON = { "person.csv": "name,label,household_number,birth_year\np1,王小梅,12,1994\np2,李大山,13,1960\n" };

export function all(nodes: readonly FormNode[]): FormNode[] {
  return nodes.flatMap((node) => [node, ...all(childrenOf(node))]);
}

export function at<T extends FormNode = TypedQuestion>(runner: FormRunner, path: string): T {
  const found = all(runner.nodes).find((node) => node.path === path);
  if (!found) throw new Error(`no ${path} among ${all(runner.nodes).map((node) => node.path).join(", ")}`);
  return found as T;
}

export const typed = (runner: FormRunner, path: string) => at<TypedQuestion>(runner, path);
export const choice = (runner: FormRunner, path: string) => at<ChoiceQuestion>(runner, path);
export const repeat = (runner: FormRunner, path: string) => at<Repeat>(runner, path);

export async function xmlOf(runner: FormRunner): Promise<string> {
  const { parts } = await runner.serialise();
  return (await parts.find((part) => part.name === "xml_submission_file")?.file.text()) ?? "";
}

const CLOCKS = ["start", "end"];

/** The answers of a record as text by path, meta and clocks left out; several of one path are joined by '|'. */
export function answersOf(xml: string): Record<string, string> {
  const root = new DOMParser().parseFromString(xml, "application/xml").documentElement;
  const found: Record<string, string> = {};
  const walk = (element: Element, path: string): void => {
    for (const child of [...element.children]) {
      if (element === root && ["meta", ...CLOCKS].includes(child.localName)) continue;
      const below = path ? `${path}/${child.localName}` : child.localName;
      if (child.children.length) walk(child, below);
      else if (child.textContent) found[below] = found[below] ? `${found[below]}|${child.textContent}` : child.textContent;
    }
  };
  walk(root, "");
  return found;
}

const TRIES: Partial<Record<Leaf["kind"], readonly string[]>> = {
  text: ["王小梅", "A1", "13800138000", "12"],
  integer: ["1", "120", "80", "60", "30", "10", "0", "2000"],
  decimal: ["1.5", "60.5", "36.5", "120", "3.2", "0"],
  barcode: ["123"],
};

function days(): string[] {
  const ago = (n: number) => new Date(Date.now() - n * 86_400_000).toISOString().slice(0, 10);
  return [ago(0), ago(1), ago(60), ago(200), ago(400), ago(-30)];
}

/** Gives an answer that the form accepts, if one of the usual ones does. */
function answer(leaf: Leaf): void {
  switch (leaf.kind) {
    case "one":
    case "many":
      for (const option of leaf.choices) {
        leaf.choose([option.value]);
        if (leaf.trouble === null) return;
      }
      return;
    case "rank":
      return leaf.choose(leaf.choices.map((option) => option.value));
    case "tick":
      return leaf.tick(true);
    case "range":
      return leaf.write(String(leaf.from));
    case "file":
    case "note":
    case "hidden":
    case "unsupported":
      return;
    default:
      for (const text of TRIES[leaf.kind] ?? (leaf.kind === "date" ? days() : [])) {
        leaf.write(text);
        if (leaf.trouble === null) return;
      }
  }
}

/** Answers everything that can be answered, again until nothing new comes up. Says what stays wrong. */
export function fillIn(runner: FormRunner): string[] {
  for (let round = 0; round < 6; round += 1) {
    const open = all(runner.nodes).filter(
      (node): node is Leaf => "trouble" in node && node.relevant && !node.readonly && (node.text === "" || node.trouble !== null),
    );
    open.forEach(answer);
  }
  return runner.validate().map((leaf) => leaf.path);
}
