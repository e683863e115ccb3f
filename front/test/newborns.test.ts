/** The home visit to mother and newborn: what is asked and worked out for none, one and two babies. */

import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import { isSeen } from "../src/forms/model";
import { FormRunner } from "../src/forms/runner";
import { formXml } from "./dom";
import { all, answersOf, choice, PERSON, repeat, typed, xmlOf } from "./forms";

const WORKED_OUT = ["babies_here", "babies_unwell", "warmest", "coldest"];
const visit = (babies: string) =>
  FormRunner.load(formXml("postpartum_visit", "maternal"), {
    attachments: PERSON,
    prefill: { "who/person": "p1", "who/babies_known": babies },
  });

async function workedOut(runner: FormRunner): Promise<(string | undefined)[]> {
  const found = answersOf(await xmlOf(runner));
  return WORKED_OUT.map((name) => found[`signs/${name}`]);
}

test("after a stillbirth nothing is asked about a baby", async () => {
  const runner = await visit("0");
  const asked = all(runner.nodes).filter((node) => isSeen(node) && node.path.startsWith("newborns"));
  assert.deepEqual(asked.map((node) => node.path), []);
  assert.deepEqual(await workedOut(runner), ["0", "0", undefined, undefined]);
});

test("one newborn, well and measured", async () => {
  const runner = await visit("1");
  choice(runner, "newborns[1]/here").choose(["yes"]);
  choice(runner, "newborns[1]/baby_signs").choose(["none"]);
  assert.deepEqual(await workedOut(runner), ["1", "0", "37.0", "37.0"]);
  typed(runner, "newborns[1]/baby_temperature").write("36.4");
  assert.deepEqual(await workedOut(runner), ["1", "0", "36.4", "36.4"]);
});

test("twins, one of them cold and not feeding well", async () => {
  const runner = await visit("2");
  repeat(runner, "newborns").add();
  for (const [n, sign, heat] of [[1, "none", "36.8"], [2, "not_feeding", "35.1"]] as const) {
    choice(runner, `newborns[${n}]/here`).choose(["yes"]);
    choice(runner, `newborns[${n}]/baby_signs`).choose([sign]);
    typed(runner, `newborns[${n}]/baby_temperature`).write(heat);
  }
  assert.deepEqual(await workedOut(runner), ["2", "1", "36.8", "35.1"]);
});

test("a baby who is not there: nothing more is asked about it", async () => {
  const runner = await visit("1");
  choice(runner, "newborns[1]/here").choose(["no"]);
  const asked = all(runner.nodes).filter((node) => isSeen(node) && node.path.startsWith("newborns[1]/"));
  assert.deepEqual(asked.map((node) => node.path), ["newborns[1]/here"]);
  assert.deepEqual(await workedOut(runner), ["0", "0", "37.0", "37.0"]);
});

test("no block for a baby at all", async () => {
  const runner = await visit("");
  repeat(runner, "newborns").remove(0);
  assert.deepEqual(await workedOut(runner), [undefined, undefined, undefined, undefined]);
});
