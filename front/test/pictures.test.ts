import "./dom";

import assert from "node:assert/strict";
import { test } from "node:test";

import type { FeatureCollection } from "geojson";

import { bands, type MapConfig } from "../src/pictures/bands";
import { cascadeOption, intervalsOption, pyramidOption } from "../src/pictures/counted";
import { csvOf, fileName } from "../src/pictures/keeping";
import { mapImage } from "../src/pictures/map_image";
import { PAPER, plotted } from "../src/pictures/plotted";

const table = { columns: [], rows: [] };

test("a table taken along is plain text, never a formula, and Chinese is read", () => {
  const csv = csvOf({ columns: ["步骤", "Women"], rows: [["=1+1", "-5"], ['a "b", c', "+x"], ["@cmd", "12"]] });
  assert.equal(csv, "\uFEFF步骤,Women\r\n'=1+1,-5\r\n\"a \"\"b\"\", c\",'+x\r\n'@cmd,12\r\n");
});

test("a file is named after its picture, without what file systems refuse", () => {
  assert.equal(fileName("孕产 / 管理: 2026?", "png"), "孕产_管理_2026.png");
  assert.equal(fileName("//", "csv"), "doorstep.csv");
});

test("a step that is kept back has no length", () => {
  const option = cascadeOption({
    type: "cascade", title: "Care", note: "n", table,
    steps: [{ name: "a", value: 40, said: "40" }, { name: "b", value: null, said: "hidden" }],
  }, "serif");
  assert.deepEqual(option.series[0]?.data.map((one) => [one.value, one.label.formatter]), [[40, "40"], [0, "hidden"]]);
});

test("the left side of a pyramid is drawn to the left and read without its sign", () => {
  const option = pyramidOption({
    type: "pyramid", title: "Ages", note: "n", table, bands: ["0–4", "5–9"],
    sides: [{ name: "Male", values: [30, null] }, { name: "Female", values: [25, 50] }],
  }, "serif");
  assert.deepEqual(option.series.map((side) => side.data), [[-30, null], [25, 50]]);
  assert.deepEqual([option.xAxis.min, option.xAxis.max, option.xAxis.axisLabel.formatter(-30)], [-50, 50, "30"]);
});

test("what is usual is shaded only where something may be said", () => {
  const lines = [{ name: "2026", value: 117.4, from: 103.7, to: 132.9 }];
  const plain = intervalsOption({ type: "intervals", title: "t", note: "n", table, xTitle: "x", lines }, "serif");
  assert.equal("markArea" in (plain.series.at(-1) ?? {}), false);
  const judged = intervalsOption({ type: "intervals", title: "t", note: "n", table, xTitle: "x", lines, usual: { from: 103, to: 107, label: "usual" } }, "serif");
  assert.equal("markArea" in (judged.series.at(-1) ?? {}), true);
  assert.deepEqual([plain.xAxis.min, plain.xAxis.max], [100, 140]);
});

test("a map drawn by itself names its areas, hatches what is kept back and holds no other markup", () => {
  const square = (code: string, x: number): FeatureCollection["features"][number] => ({
    type: "Feature", properties: { code }, geometry: { type: "Polygon", coordinates: [[[x, 30], [x + 1, 30], [x + 1, 31], [x, 31], [x, 30]]] },
  });
  const shapes: FeatureCollection = { type: "FeatureCollection", features: [square("a", 110), square("b", 111)] };
  const config: MapConfig = { title: "People <b>", geojson: shapes, key: "code", areas: [{ code: "a", name: "上河", value: 120 }, { code: "b", name: "下河", hidden: true }] };
  const drawing = mapImage(config, shapes, bands(config), { hidden: "kept", none: "none", band: (band) => `${band.from}` });
  assert.equal(drawing.includes("<b>"), false);
  assert.deepEqual([drawing.match(/<path d='M/g)?.length, drawing.includes("fill='url(#kept)'"), drawing.includes(">120<")], [3, true, true]);
  assert.equal(/NaN|Infinity/.test(drawing), false);
});

test("a child's points stand where the lines say, and nothing is drawn beyond the picture's age", () => {
  const reference = [
    { name: "−2", points: [[0, 2], [12, 8], [24, 10], [60, 14]] },
    { name: "0", points: [[0, 3], [12, 10], [24, 12], [60, 18]] },
  ] as const;
  const plot = plotted(reference, [[0, 2], [12, 10], [30, 13]], 24);
  assert.ok(plot);
  assert.deepEqual(plot.lines.map(({ name, path }) => [name, path.split(/[ML]/).length - 1]), [["−2", 3], ["0", 3]]);
  assert.deepEqual(plot.child.dots.map(({ x }) => x), [PAPER.left, (PAPER.left + PAPER.right) / 2]);
  assert.deepEqual([plot.child.dots[0]?.y, plot.child.dots[1]?.y], [PAPER.bottom, plot.values.find(({ said }) => said === "10")?.y]);
  assert.deepEqual([plot.values[0], plot.values.at(-1)], [{ y: PAPER.bottom, said: "2" }, { y: PAPER.top, said: "12" }]);
  assert.deepEqual(plot.months.map(({ said }) => said), ["0", "6", "12", "18", "24"]);
  assert.deepEqual([plotted([], [[0, 2]], 24), plotted(reference, [], 24), plotted(reference, [[30, 2]], 24)], [null, null, null]);
});
