import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import { type FormNode, isSeen } from "../src/forms/model";
import { pagesOf } from "../src/forms/pages";
import { FormRunner } from "../src/forms/runner";
import { formsOf, formXml, packs } from "./dom";
import { all, answersOf, fillIn, PERSON, xmlOf } from "./forms";

const LISTS = {
  ...PERSON,
  "household.csv": "name,label,number\nh1,12号 王家,12\n",
  "place.csv": "name,label\nc1,青石村\n",
};
const drawn = (node: FormNode) => node.kind !== "hidden" && node.kind !== "group" && node.kind !== "item";

test("there are forms to try", () => assert.notEqual(packs().length, 0));

for (const pack of packs()) {
  for (const name of formsOf(pack)) {
    test(`${pack}/${name} is filled, sent and corrected`, async () => {
      const xml = formXml(name, pack);
      const runner = await FormRunner.load(xml, { attachments: LISTS });
      assert.ok(pagesOf(runner.nodes, () => false).length > 0, "a page to fill");
      assert.deepEqual(fillIn(runner), [], "nothing stays wrong");
      const before = await xmlOf(runner);
      assert.notDeepEqual(answersOf(before), {});
      const again = await FormRunner.edit(xml, { attachments: LISTS, instanceXml: before });
      assert.deepEqual(again.validate().map((leaf) => leaf.path), []);
      assert.deepEqual(answersOf(await xmlOf(again)), answersOf(before));
    });

    test(`${pack}/${name} speaks both languages and asks nothing that cannot be answered`, async () => {
      const runner = await FormRunner.load(formXml(name, pack), { attachments: LISTS });
      fillIn(runner);
      for (const code of ["zh", "en"]) {
        assert.equal(runner.setLanguage(code), true, code);
        const wordless = all(runner.nodes).filter((node) => drawn(node) && isSeen(node) && !node.label?.plain);
        assert.deepEqual(wordless.map((node) => node.path), [], `labels in ${code}`);
      }
      assert.deepEqual(all(runner.nodes).filter((node) => node.kind === "unsupported").map((node) => node.path), []);
    });
  }
}
