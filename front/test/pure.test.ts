import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import { plainDigits, read, shown, sizeInWords } from "../src/forms/answers";
import type { Choice } from "../src/forms/model";
import { prefill } from "../src/forms/prefill";
import { readConfig } from "../src/forms/config";
import { matching } from "../src/forms/widgets/matching";
import { bands, colourOf, mapRows, type MapConfig } from "../src/pictures/bands";
import { type CurvesConfig, curvesOption, stepOf } from "../src/pictures/curves";
import { type ChartConfig, chartOption, chartRows } from "../src/pictures/chart";
import { directionOf, fill, wordsIn } from "../src/words";
import { en } from "../src/words/en";
import { zh } from "../src/words/zh";
import { formXml } from "./dom";

const none = new Set<string>();

test("numbers are read as people type them", () => {
  const decimal = (typed: string) => read("decimal", typed, none);
  assert.deepEqual(decimal("60.5"), { text: "60.5" });
  assert.deepEqual(decimal(" ６０。５ "), { text: "60.5" });
  assert.deepEqual(decimal("60."), { text: "60" });
  assert.deepEqual(decimal(".5"), { text: "0.5" });
  assert.deepEqual(decimal("-.5"), { text: "-0.5" });
  assert.deepEqual(decimal(""), { text: "" });
  for (const typed of ["6o", "1,5", "1e3", "--1", "1.2.3", "."]) assert.deepEqual(decimal(typed), { wrong: "notNumber" }, typed);
  assert.deepEqual(read("integer", "１２０", none), { text: "120" });
  for (const typed of ["6.5", "12a", "1 2"]) assert.deepEqual(read("integer", typed, none), { wrong: "notWhole" }, typed);
  assert.equal(plainDigits("－３"), "-3");
});

test("days, months, years and times are written as the record wants them", () => {
  assert.deepEqual(read("date", "2026-03-01", none), { text: "2026-03-01" });
  assert.deepEqual(read("date", "2026-03", new Set(["month-year"])), { text: "2026-03-01" });
  assert.deepEqual(read("date", "1990", new Set(["year"])), { text: "1990-01-01" });
  assert.deepEqual(read("date", "90", new Set(["year"])), { wrong: "notYear" });
  assert.deepEqual(read("time", "", none), { text: "" });
  const time = read("time", "10:30", none);
  assert.match("text" in time ? time.text : "", /^10:30:00\.000[+-]\d\d:\d\d$/);
  const both = read("dateTime", "2026-01-01T10:30", none);
  assert.match("text" in both ? both.text : "", /^2026-01-01T10:30:00\.000[+-]\d\d:\d\d$/);
});

test("what is written is shown again as it was typed", () => {
  assert.equal(shown("time", "10:30:00.000+08:00", none), "10:30");
  assert.equal(shown("dateTime", "2026-01-01T10:30:00.000+08:00", none), "2026-01-01T10:30");
  assert.equal(shown("date", "1990-01-01", new Set(["year"])), "1990");
  assert.equal(shown("date", "2026-03-01", new Set(["month-year"])), "2026-03");
  assert.equal(shown("decimal", "60.5", none), "60.5");
});

test("sizes in words", () => {
  assert.deepEqual([300, 20_480, 5_242_880, 1_600_000].map(sizeInWords), ["1 KB", "20 KB", "5 MB", "1.5 MB"]);
});

test("a list is searched by any of its words, those that begin with it first", () => {
  const choices = ["上河村", "河口村", "Upper Hamlet", "Hamlet Road 2", "２号院"].map(
    (plain): Choice => ({ value: plain, label: { plain, rich: [], image: "" } }),
  );
  const found = (query: string) => matching(choices, query).map((choice) => choice.value);
  assert.deepEqual(found("河"), ["河口村", "上河村"]);
  assert.deepEqual(found("hamlet"), ["Hamlet Road 2", "Upper Hamlet"]);
  assert.deepEqual(found("hamlet up"), ["Upper Hamlet"]);
  assert.deepEqual(found("2"), ["２号院", "Hamlet Road 2"]);
  assert.deepEqual(found("山"), []);
  assert.equal(found("").length, 5);
});

test("a name that two questions share is not filled in", () => {
  const form = `<html xmlns="http://www.w3.org/1999/xhtml"><head><model xmlns="http://www.w3.org/2002/xforms"><instance>
    <data id="f"><a><on/></a><b><on/><x/></b></data></instance></model></head></html>`;
  assert.deepEqual(prefill(form, { on: "1" }).unknown, ["on"]);
  assert.deepEqual(prefill(form, { b: "1" }).unknown, ["b"]);
  const given = prefill(form, { "b/on": "1", x: "2" });
  assert.deepEqual(given.paths, ["b/on", "b/x"]);
  assert.match(given.xml, /<b><on>1<\/on><x>2<\/x><\/b>/);
});

test("what is known never becomes markup", () => {
  const given = prefill(formXml("every_question"), { remark: "<script>&" });
  assert.match(given.xml, /<remark>&lt;script&gt;&amp;<\/remark>/);
});

test("the page's configuration says what it lacks", () => {
  assert.throws(() => readConfig('{"submitUrl": "/s"}'), /no formXmlUrl/);
  assert.throws(() => readConfig('{"formXmlUrl": "/f"}'), /no submitUrl/);
  const config = readConfig('{"formXmlUrl": "/f", "submitUrl": "/s", "prefill": {"n": 3}, "fixed": ["person"], "counter": 7}');
  assert.deepEqual(config.prefill, { n: "3" });
  assert.deepEqual([config.fixed, config.counter, config.edit, config.language], [["person"], "7", null, "zh"]);
});

test("every sentence stands in both languages with the same blanks", () => {
  const blanks = (sentence: string) => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
  assert.deepEqual(Object.keys(zh).sort(), Object.keys(en).sort());
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    assert.deepEqual(blanks(zh[key]), blanks(en[key]), key);
    assert.notEqual(zh[key].trim(), "", key);
  }
  const same = (Object.keys(en) as (keyof typeof en)[]).filter((key) => en[key] === zh[key]);
  assert.deepEqual(same, ["page", "itemTitle"]);
});

test("words by language, and which way they run", () => {
  assert.equal(wordsIn("zh-Hans").next, "下一页");
  assert.equal(wordsIn("fr").next, "Next");
  assert.equal(fill("{a} of {b} {c}", { a: 1, b: 0 }), "1 of 0 {c}");
  assert.deepEqual(["ar", "ug-CN", "zh", "en"].map(directionOf), ["rtl", "rtl", "ltr", "ltr"]);
});

const map = (...areas: MapConfig["areas"]): MapConfig => ({ title: "", geojson: "", key: "code", areas, language: "en" });
const area = (code: string, value: number | null, hidden = false) => ({ code, name: code, value, hidden });

test("figures fall into bands, those kept back into none", () => {
  assert.deepEqual(bands(map(area("a", null), area("b", 3, true))), []);
  const two = bands(map(area("a", 60), area("b", 85), area("c", 5, true)));
  assert.deepEqual(two.map((band) => [band.from, band.to]), [[60, 73], [73, 85]]);
  assert.equal(colourOf(two, 60), two[0]?.colour);
  assert.equal(colourOf(two, 85), two[1]?.colour);
  assert.equal(colourOf(two, 73), two[1]?.colour);
  assert.equal(bands(map(area("a", 5), area("b", 5))).length, 1);
  const whole = bands(map(area("a", 337), area("b", 500), area("c", 1169)));
  assert.deepEqual(whole.map(({ from, to }) => [from, to]), [[337, 614], [614, 892], [892, 1169]]);
});

test("the table of a map keeps the given order and never says a figure kept back", () => {
  const rows = mapRows(map(area("b", 60), area("a", 85), area("2", 7, true), area("1", null)));
  assert.deepEqual(rows, [["b", "60"], ["a", "85"], ["2", "Not shown: few people"], ["1", "no figure"]]);
});

test("a figure kept back is neither drawn nor in the table of a chart", () => {
  const config: ChartConfig = {
    type: "line",
    title: "",
    language: "en",
    x: ["1", "2"],
    series: [{ name: "a", values: [5, null] }, { name: "b", values: [6, 7] }],
    lines: [{ at: 6, label: "six" }],
    hidden: [[1, 0]],
  };
  const option = chartOption(config, "serif");
  assert.deepEqual(option.series.map((each) => each.data), [[5, null], [null, 7]]);
  assert.deepEqual(option.series.map((each) => "markLine" in each), [true, false]);
  assert.deepEqual(chartRows(config), [["1", "5", "not shown (fewer than 10)"], ["2", "no figure", "7"]]);
});

test("a child's measurements lie over the reference lines, each told apart", () => {
  const config: CurvesConfig = {
    type: "curves", title: "Weight", unit: "kg", xTitle: "Age in months", until: 24, name: "Measured", note: "Well.",
    curves: [{ name: "−2", points: [[0, 2.5], [24, 9.7]] }, { name: "0", points: [[0, 3.3], [24, 12.2]] }, { name: "+3", points: [[0, 5], [24, 17]] }],
    points: [{ x: 3.1, y: 6.1, said: "12 April" }],
    table: { columns: ["Day"], rows: [["12 April"]] },
  };
  const option = curvesOption(config, "serif");
  assert.deepEqual(option.series.map((each) => each.name), ["−2", "0", "+3", "Measured"]);
  assert.deepEqual(option.series.map((each) => each.data[0]), [[0, 2.5], [0, 3.3], [0, 5], { value: [3.1, 6.1], name: "12 April" }]);
  assert.deepEqual(option.series.slice(0, 3).map((each) => "type" in each.lineStyle && each.lineStyle.type), ["dashed", "solid", "dotted"]);
  assert.equal(option.aria.label.description, "Weight. Well.");
  assert.deepEqual([24, 60, 84, 228].map(stepOf), [6, 12, 12, 24]);
});
