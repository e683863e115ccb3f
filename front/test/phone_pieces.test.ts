import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import { Chance, SimDisk } from "../sim/world";
import type { FormKept } from "../src/field/pulled";
import { aboutOf } from "../src/phone/about";
import { draftFiles, draftOf, DraftKeeper, drafts, throwAway } from "../src/phone/drafts";
import { csvOf, places } from "../src/phone/lists";
import { Said } from "../src/phone/said";
import { fill } from "../src/phone/words";

const SAID = new Said("zh", "2026-11-22");
const FORM = { id: "pregnancy_outcome", title: {}, subject: "person", who: "who/person", on: "who/ended_on", meets: ["m/birth"], service: "anc" } as unknown as FormKept;
const XFORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:entities="http://www.opendatakit.org/xforms/entities">
  <h:head><model>
    <bind nodeset="/data/who/phone" entities:saveto="phone"/><bind nodeset="/data/who/person"/>
    <bind nodeset="/data/babies/birth/sex" entities:saveto="sex"/>
  </model></h:head></h:html>`;
const entity = (more: string, label: string) => `<entity xmlns="http://www.opendatakit.org/xforms/entities" ${more}><label>${label}</label></entity>`;
const RECORD = `<data><who><person>p1</person><ended_on>2026-11-20</ended_on><phone>139</phone></who>
  <babies><birth><sex>female</sex></birth><meta>${entity('dataset="person" id="b1" create="1"', "小一")}</meta></babies>
  <babies><birth><sex>male</sex></birth><meta>${entity('dataset="person" id="b2" create="true"', "小二")}</meta></babies>
  <babies><meta>${entity('dataset="person" id="b3" create=""', "")}</meta></babies>
  <meta><instanceID>uuid:2</instanceID><deprecatedID>uuid:1</deprecatedID>${entity('dataset="person" id="p1" update="1"', "")}${entity('dataset="shed" id="s" create="1"', "")}</meta></data>`;

test("what a record says of people is read as the server reads it, each round of a repeat by itself", () => {
  const about = aboutOf({ form: FORM, version: "1", formXml: XFORM, recordXml: RECORD, person: "", family: "" }, [], SAID);
  assert.deepEqual([about.person, about.on, about.corrects, about.meets, about.service, about.ends], ["p1", "2026-11-20", "uuid:1", ["m/birth"], "anc", ""]);
  assert.deepEqual(about.says, [
    { list: "person", id: "b1", creates: true, label: "小一", properties: { sex: "female" } },
    { list: "person", id: "b2", creates: true, label: "小二", properties: { sex: "male" } },
    { list: "person", id: "p1", creates: false, label: "", properties: { phone: "139" } },
  ]);
});

test("lists are written as CSV that any reader takes", () => {
  assert.equal(csvOf([{ name: "1", label: 'a, "b"\nc', sex: "x" }, { name: "2", label: "d", born: "y" }]), 'name,label,__version,born,sex\r\n1,"a, ""b""\nc",,,x\r\n2,d,,y,\r\n');
  const place = (id: number, served: boolean) => ({ id, code: `c${9 - id}`, name: { zh: `村${id}` }, kind: "village", above: null, served });
  assert.equal(places({ id: 1, name: "", role: "", keep_days: 1, places: [place(1, true), place(2, false), place(3, true)] }, "zh"), "name,label,__version,kind\r\nc6,村3,1,village\r\nc8,村1,1,village\r\n");
});

const BEGUN = { form: "f", person: "p1", family: "", corrects: "", version: "1" };

test("a draft is written once for many touches, and no more once the record is saved", async () => {
  const disk = new SimDisk(new Chance(1));
  const keeper = new DraftKeeper(disk, BEGUN, () => 7);
  let asked = 0;
  for (const text of ["<a/>", "<b/>"]) keeper.touched(() => ((asked += 1), Promise.resolve({ xml: text, files: [] })));
  await keeper.flush();
  assert.deepEqual([asked, await draftOf(disk, BEGUN)], [1, { ...BEGUN, xml: "<b/>", at: 7 }]);
  keeper.touched(() => Promise.resolve({ xml: "<c/>", files: [] }));
  await keeper.close();
  await keeper.flush();
  keeper.touched(() => Promise.resolve({ xml: "<d/>", files: [] }));
  await keeper.flush();
  assert.deepEqual((await drafts(disk)).map(({ xml }) => xml), ["<b/>"]);
  keeper.reopen();
  keeper.touched(() => Promise.resolve({ xml: "<e/>", files: [] }));
  await keeper.flush();
  assert.equal((await draftOf(disk, BEGUN))?.xml, "<e/>");
});

test("a full disk costs no more than the draft", async () => {
  const disk = new SimDisk(new Chance(1));
  const keeper = new DraftKeeper(disk, BEGUN, () => 7);
  disk.crashing = 1;
  keeper.touched(() => Promise.resolve({ xml: "<a/>", files: [] }));
  await keeper.flush();
  Object.assign(disk, { crashing: 0, fallen: false }); // there is room again
  keeper.touched(() => Promise.resolve({ xml: "<b/>", files: [] }));
  await keeper.flush();
  assert.equal((await draftOf(disk, BEGUN))?.xml, "<b/>");
});

const photo = (name: string, bytes: string) => new File([bytes], name, { type: "image/jpeg" });

test("photos of a half-filled form lie beside it, each written once, and go with it", async () => {
  const disk = new SimDisk(new Chance(1));
  const other = { ...BEGUN, person: "p2" };
  const told = async (of: typeof BEGUN) => Promise.all((await draftFiles(disk, of)).map(async (file) => [file.name, file.type, await file.text()]));
  for (const of of [BEGUN, other]) {
    const keeper = new DraftKeeper(disk, of, () => 7);
    keeper.touched(() => Promise.resolve({ xml: "<a/>", files: [photo("1.jpg", "one"), photo("2.jpg", "two")] }));
    await keeper.flush();
  }
  assert.deepEqual(await told(BEGUN), [["1.jpg", "image/jpeg", "one"], ["2.jpg", "image/jpeg", "two"]]);
  const keeper = new DraftKeeper(disk, BEGUN, () => 8);
  keeper.touched(() => Promise.resolve({ xml: "<b/>", files: [photo("2.jpg", "never read again"), photo("3.jpg", "three")] }));
  await keeper.flush();
  assert.deepEqual(await told(BEGUN), [["2.jpg", "image/jpeg", "two"], ["3.jpg", "image/jpeg", "three"]]);
  await throwAway(disk, BEGUN);
  assert.deepEqual([await told(BEGUN), (await told(other)).length, (await drafts(disk)).length], [[], 2, 1]);
});

test("a value keeps its own direction among words written from right to left", () => {
  assert.equal(fill("No. {n}, {m}", { n: "2-1", m: 3 }), "No. 2-1, 3");
  document.documentElement.dir = "rtl";
  try {
    assert.equal(fill("نس. {n}, {left}", { n: "2-1" }), "نس. \u20682-1\u2069, {left}");
  } finally {
    document.documentElement.dir = "";
  }
});
