import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import type { FileQuestion, Group, Note, TickQuestion } from "../src/forms/model";
import { FormNotReadable, FormRunner } from "../src/forms/runner";
import { formXml } from "./dom";
import { answersOf, at, choice, PERSON, repeat, typed, xmlOf } from "./forms";

const open = (prefill: Record<string, string> = {}) =>
  FormRunner.load(formXml("every_question"), { attachments: PERSON, prefill });

async function complete(): Promise<FormRunner> {
  const runner = await open({ person: "p1" });
  typed(runner, "words/nickname").write("小梅");
  typed(runner, "figures/pulse").write("80");
  typed(runner, "figures/weight").write("60.0");
  choice(runner, "choosing/well").choose(["yes"]);
  at<TickQuestion>(runner, "choosing/agreed").tick(true);
  typed(runner, "babies[1]/baby_name").write("宝宝");
  return runner;
}

test("what is not a form is refused", async () => {
  await assert.rejects(FormRunner.load("<html/>"), FormNotReadable);
});

test("choices come from the list the page hands over", async () => {
  const runner = await open();
  const person = choice(runner, "person");
  assert.deepEqual(person.choices.map((each) => [each.value, each.label.plain]), [["p1", "王小梅"], ["p2", "李大山"]]);
});

test("a list the page does not hand over is empty, and the form still opens", async () => {
  const runner = await FormRunner.load(formXml("every_question"), {});
  assert.deepEqual(choice(runner, "person").choices, []);
});

test("every kind of question is known by its own name", async () => {
  const runner = await open();
  const kinds = ["person", "words/remark", "words/hello", "figures/pulse", "figures/weight", "figures/pain", "figures/double",
    "figures/seen_on", "figures/seen_at", "figures/born_at", "choosing/well", "choosing/signs", "choosing/order",
    "choosing/agreed", "papers/photo", "papers/paper", "papers/voice", "papers/label_code", "papers/spot"];
  assert.deepEqual(
    kinds.map((path) => at(runner, path).kind as string),
    ["one", "text", "note", "integer", "decimal", "range", "hidden", "date", "time", "dateTime", "one", "many", "rank",
      "tick", "file", "file", "unsupported", "barcode", "unsupported"],
  );
});

test("what the form finds wrong, in its order and in its words", async () => {
  const runner = await open({ person: "p1" });
  typed(runner, "figures/pulse").write("8");
  assert.deepEqual(
    runner.validate().map((leaf) => [leaf.path, leaf.trouble]),
    [
      ["words/nickname", { why: "required", message: "" }],
      ["figures/pulse", { why: "constraint", message: "应在30到220之间。" }],
      ["choosing/well", { why: "required", message: "" }],
      ["choosing/agreed", { why: "required", message: "" }],
    ],
  );
  assert.equal((await complete()).validate().length, 0);
});

test("questions come and go with the answers they rest on", async () => {
  const runner = await open();
  const shown = () => ["choosing/signs", "choosing/order", "babies"].map((path) => at<Group>(runner, path).relevant);
  assert.deepEqual(shown(), [false, false, false]);
  choice(runner, "choosing/well").choose(["no"]);
  assert.deepEqual(shown(), [true, true, false]);
  choice(runner, "choosing/well").choose(["yes"]);
  assert.deepEqual(shown(), [false, false, true]);
});

test("an answer that is no longer asked is not in the record", async () => {
  const runner = await complete();
  choice(runner, "choosing/well").choose(["no"]);
  choice(runner, "choosing/signs").choose(["fever", "cough"]);
  assert.equal(answersOf(await xmlOf(runner))["choosing/signs"], "fever cough");
  assert.equal(answersOf(await xmlOf(runner))["babies/baby_name"], undefined);
  choice(runner, "choosing/well").choose(["yes"]);
  assert.equal(answersOf(await xmlOf(runner))["choosing/signs"], undefined);
  assert.equal(answersOf(await xmlOf(runner))["babies/baby_name"], "宝宝");
});

test("what is worked out follows, in the words of a note too", async () => {
  const runner = await open();
  typed(runner, "figures/pulse").write("81");
  typed(runner, "words/nickname").write("小梅");
  assert.equal(at<Note>(runner, "figures/double").text, "162");
  assert.equal(at<Note>(runner, "figures/double_shown").label?.plain, "两倍：162");
  assert.equal(at<Note>(runner, "words/hello").label?.plain, "您好，小梅");
});

test("the form turns to another language and keeps its answers", async () => {
  const runner = await complete();
  assert.deepEqual(runner.languages, [{ code: "zh", name: "中文" }, { code: "en", name: "English" }]);
  assert.equal(typed(runner, "figures/pulse").label?.plain, "脉搏（次/分）");
  assert.equal(runner.setLanguage("en"), true);
  assert.equal(typed(runner, "figures/pulse").label?.plain, "Pulse (per minute)");
  assert.deepEqual(choice(runner, "choosing/well").choices.map((each) => each.label.plain), ["Yes", "No"]);
  typed(runner, "figures/pulse").write("8");
  assert.equal(typed(runner, "figures/pulse").trouble?.message, "Between 30 and 220.");
  assert.equal(runner.setLanguage("zh-Hans"), true);
  assert.equal(typed(runner, "figures/pulse").trouble?.message, "应在30到220之间。");
  assert.equal(runner.setLanguage("fr"), false);
  assert.equal(typed(runner, "words/nickname").text, "小梅");
});

test("marks in a label stay marks", async () => {
  const runner = await open();
  runner.setLanguage("en");
  const family = { element: "strong", href: "", children: [{ text: "family" }] };
  assert.deepEqual(typed(runner, "words/nickname").hint?.rich, [{ text: "As the " }, family, { text: " says it" }]);
  assert.equal(typed(runner, "words/nickname").hint?.plain, "As the family says it");
});

test("there can be several of a thing, or none", async () => {
  const runner = await complete();
  const babies = repeat(runner, "babies");
  babies.add();
  typed(runner, "babies[2]/baby_name").write("二宝");
  typed(runner, "babies[2]/baby_weight").write("3.25");
  assert.deepEqual(answersOf(await xmlOf(runner))["babies/baby_name"], "宝宝|二宝");
  babies.remove(0);
  assert.equal(babies.items.length, 1);
  assert.equal(typed(runner, "babies[1]/baby_name").text, "二宝");
  babies.remove(0);
  assert.equal(answersOf(await xmlOf(runner))["babies/baby_name"], undefined);
  assert.equal(runner.validate().length, 0);
});

test("figures keep their value in the record", async () => {
  const runner = await complete();
  const weight = typed(runner, "figures/weight");
  const written: number[] = [];
  for (const text of ["60.0", "60.5", "0.125", "100"]) {
    weight.write(text);
    written.push(Number(answersOf(await xmlOf(runner))["figures/weight"]));
  }
  assert.deepEqual(written, [60, 60.5, 0.125, 100]);
  weight.write("");
  assert.equal(answersOf(await xmlOf(runner))["figures/weight"], undefined);
});

test("known answers stand in the form when it opens, defaults give way", async () => {
  const runner = await open({ person: "p2", weight: "55.5", "figures/seen_on": "2026-01-31", known_on: "2026-01-05", nobody: "1" });
  assert.deepEqual(choice(runner, "person").chosen, ["p2"]);
  assert.equal(typed(runner, "figures/weight").text, "55.5");
  assert.equal(typed(runner, "figures/seen_on").text, "2026-01-31");
  assert.equal(at<Note>(runner, "figures/known_on").text, "2026-01-05");
  assert.deepEqual([...runner.prefilled].sort(), ["figures/known_on", "figures/seen_on", "figures/weight", "person"]);
  assert.deepEqual(runner.notInForm, ["nobody"]);
});

test("without a known answer the form's own default stands", async () => {
  const today = new Date();
  const iso = [today.getFullYear(), today.getMonth() + 1, today.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  assert.equal(typed(await open(), "figures/seen_on").text, iso);
});

test("a record is corrected: same answers, new id, the old one named", async () => {
  const first = await complete();
  const before = await xmlOf(first);
  const second = await FormRunner.edit(formXml("every_question"), { attachments: PERSON, instanceXml: before });
  const after = await xmlOf(second);
  assert.deepEqual(answersOf(after), answersOf(before));
  assert.notEqual(second.instanceId, first.instanceId);
  assert.match(after, new RegExp(`<deprecatedID>${first.instanceId}</deprecatedID>`));
  typed(second, "figures/pulse").write("90");
  assert.equal(answersOf(await xmlOf(second))["figures/pulse"], "90");
});

test("a correction of a counted record carries its own counter", async () => {
  const first = await complete();
  const instanceXml = (await xmlOf(first)).replace("<data ", '<data counter="7" ');
  const second = await FormRunner.edit(formXml("every_question"), { attachments: PERSON, instanceXml, counter: "8" });
  assert.deepEqual([...(await xmlOf(second)).matchAll(/ counter="(\d+)"/g)].map((match) => match[1]), ["8"]);
});

test("the id stays the same however often the record is written out", async () => {
  const runner = await complete();
  const first = await runner.serialise();
  typed(runner, "figures/pulse").write("90");
  const second = await runner.serialise();
  assert.match(first.instanceId, /^uuid:[0-9a-f-]{36}$/);
  assert.equal(first.instanceId, second.instanceId);
});

test("files travel beside the record under names that tell nothing", async () => {
  const runner = await complete();
  at<FileQuestion>(runner, "papers/photo").attach(new File(["one"], "王小梅.JPG", { type: "image/jpeg" }));
  at<FileQuestion>(runner, "papers/paper").attach(new File(["two"], "王小梅.pdf", { type: "application/pdf" }));
  const { parts } = await runner.serialise();
  const [record, photo, paper] = parts;
  assert.equal(parts.length, 3);
  assert.equal(record?.name, "xml_submission_file");
  assert.match(photo?.name ?? "", /^\d+-[0-9a-f]{8}\.jpg$/);
  assert.match(paper?.name ?? "", /^\d+-[0-9a-f]{8}\.pdf$/);
  assert.notEqual(photo?.name, paper?.name);
  const answers = answersOf((await record?.file.text()) ?? "");
  assert.deepEqual([answers["papers/photo"], answers["papers/paper"]], [photo?.name, paper?.name]);
  assert.equal(await photo?.file.text(), "one");
});

test("a half-filled record has its photos again, under the names they had, until they are taken away", async () => {
  const runner = await complete();
  at<FileQuestion>(runner, "papers/photo").attach(new File(["one"], "x.jpg", { type: "image/jpeg" }));
  const [record, photo] = (await runner.serialise()).parts;
  assert.ok(record && photo);
  const again = await FormRunner.restore(formXml("every_question"), { instanceXml: await record.file.text(), files: [photo.file] });
  const told = async () => Promise.all((await again.serialise()).parts.slice(1).map(async ({ file }) => [file.name, await file.text()]));
  assert.deepEqual(await told(), [[photo.file.name, "one"]]);
  at<FileQuestion>(again, "papers/photo").attach(null);
  assert.deepEqual([await told(), answersOf(await xmlOf(again))["papers/photo"]], [[], undefined]);
  at<FileQuestion>(again, "papers/photo").attach(new File(["two"], "y.jpg", { type: "image/jpeg" }));
  assert.deepEqual((await told()).map(([, text]) => text), ["two"]);
});

test("a change is told", async () => {
  let told = 0;
  const runner = await FormRunner.load(formXml("every_question"), { changed: () => (told += 1) });
  const before = told;
  typed(runner, "words/nickname").write("小梅");
  assert.ok(told > before);
});
