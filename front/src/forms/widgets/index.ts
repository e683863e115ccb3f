/** Which widget draws which question. */

import { html, type TemplateResult } from "lit-html";

import type { Desk } from "../desk";
import type { FormNode, Leaf } from "../model";
import { choiceQuestion } from "./choice";
import { fileQuestion } from "./file";
import { fixedAnswer } from "./frame";
import { note, unsupported } from "./note";
import { rangeQuestion } from "./range";
import { rankQuestion } from "./rank";
import { group, repeatSection } from "./section";
import { tickQuestion } from "./tick";
import { typedQuestion } from "./typed";

export function widget(desk: Desk, node: FormNode): TemplateResult {
  switch (node.kind) {
    case "group":
      return group(desk, node);
    case "repeat":
      return repeatSection(desk, node);
    case "one":
    case "many":
      return choiceQuestion(desk, node);
    case "rank":
      return rankQuestion(desk, node);
    case "range":
      return rangeQuestion(desk, node);
    case "tick":
      return tickQuestion(desk, node);
    case "file":
      return fileQuestion(desk, node);
    case "note":
      return note(desk, node);
    case "unsupported":
      return unsupported(desk, node);
    case "hidden":
    case "item":
      return html``;
    default:
      return typedQuestion(desk, node);
  }
}

/** An answer in words: the labels of what was chosen, else what the record holds. */
export function answerInWords(leaf: Leaf): string {
  if (leaf.kind !== "one" && leaf.kind !== "many" && leaf.kind !== "rank") return leaf.text;
  const labels = new Map(leaf.choices.map((choice) => [choice.value, choice.label.plain]));
  return leaf.chosen.map((value) => labels.get(value) ?? value).join("、");
}

export function fixed(desk: Desk, leaf: Leaf): TemplateResult {
  return fixedAnswer(desk, leaf, answerInWords(leaf));
}
