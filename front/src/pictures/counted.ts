/** Pictures of counted people: steps of care, ages, boys per 100 girls. From the figures to what is drawn. Pure. */

import type { TableWords } from "./table";

interface Common {
  readonly title: string;
  readonly language?: string;
  readonly note: string; // what the picture says, in a sentence
  readonly table: Omit<TableWords, "summary">; // the page writes the same figures itself
}

/** Each step with how many came so far; `null` is kept back or unknown, and its word stands in `said`. */
export interface CascadeConfig extends Common {
  readonly type: "cascade";
  readonly steps: readonly { readonly name: string; readonly value: number | null; readonly said: string }[];
}

/** Bands from the youngest to the oldest, and how many of each side; `null` is kept back. */
export interface PyramidConfig extends Common {
  readonly type: "pyramid";
  readonly bands: readonly string[];
  readonly sides: readonly [Side, Side];
}

interface Side {
  readonly name: string;
  readonly values: readonly (number | null)[];
}

/** A value with the interval it lies in, line by line; `usual` is shaded only when the page gives it. */
export interface IntervalsConfig extends Common {
  readonly type: "intervals";
  readonly xTitle: string;
  readonly lines: readonly { readonly name: string; readonly value: number; readonly from: number; readonly to: number }[];
  readonly usual?: { readonly from: number; readonly to: number; readonly label: string };
}

export type CountedConfig = CascadeConfig | PyramidConfig | IntervalsConfig;

const INK = "#12263f";
const LEFT = "#0b6e63";
const RIGHT = "#c2410c";
const KEPT_BACK = "#c9d1cf";

function common(config: Common, font: string) {
  return {
    animation: false,
    aria: { enabled: true, label: { description: `${config.title}. ${config.note}` } },
    textStyle: { fontFamily: font },
    grid: { left: 8, right: 40, top: 32, bottom: 28, containLabel: true },
  };
}

/** Bars from the first step down; what is kept back has no length, and says so. */
export function cascadeOption(config: CascadeConfig, font: string) {
  return {
    ...common(config, font),
    grid: { left: 8, right: 96, top: 8, bottom: 8, containLabel: true }, // room for the words behind the longest bar
    xAxis: { type: "value" as const, min: 0, minInterval: 1, splitNumber: 3, max: Math.max(1, ...config.steps.map((step) => step.value ?? 0)), show: false },
    yAxis: {
      type: "category" as const, inverse: true, data: config.steps.map((step) => step.name),
      axisTick: { show: false }, axisLabel: { width: 130, overflow: "break" as const },
    },
    series: [{
      type: "bar" as const,
      data: config.steps.map((step) => ({
        value: step.value ?? 0,
        label: { formatter: step.said },
        itemStyle: { color: step.value === null ? KEPT_BACK : LEFT },
      })),
      barMaxWidth: 36,
      label: { show: true, position: "right" as const, color: INK, fontSize: 13 },
    }],
  };
}

/** The next number with one figure that counts: 833 gives 900. */
function roundUp(value: number): number {
  const step = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / step) * step;
}

/** One side drawn to the left: its figures are shown without the sign that puts them there. */
export function pyramidOption(config: PyramidConfig, font: string) {
  const [left, right] = config.sides;
  const most = roundUp(Math.max(1, ...config.sides.flatMap((side) => side.values.map((value) => value ?? 0))));
  const unsigned = (value: number) => String(Math.abs(value));
  const bars = (side: Side, sign: 1 | -1, colour: string, striped: boolean) => ({
    type: "bar" as const,
    name: side.name,
    stack: "age",
    data: side.values.map((value) => (value === null ? null : value * sign)),
    itemStyle: { color: colour, ...(striped ? { decal: { symbol: "rect", rotation: Math.PI / 4, dashArrayX: [1, 0], dashArrayY: [2, 4], color: "rgba(255,255,255,0.45)" } } : {}) },
    barCategoryGap: "12%",
  });
  return {
    ...common(config, font),
    legend: { top: 0, left: 0, selectedMode: false },
    tooltip: {
      trigger: "item" as const, renderMode: "richText" as const, confine: true,
      valueFormatter: (value: unknown) => (typeof value === "number" ? unsigned(value) : "–"),
    },
    xAxis: { type: "value" as const, min: -most, max: most, interval: most / 2, axisLabel: { formatter: unsigned } },
    yAxis: { type: "category" as const, data: [...config.bands], axisTick: { show: false } },
    series: [bars(left, -1, LEFT, false), bars(right, 1, RIGHT, true)],
  };
}

/** A dot and the line it may lie on, for each line of the picture. */
export function intervalsOption(config: IntervalsConfig, font: string) {
  const spans = config.lines.map((line) => ({
    type: "line" as const,
    data: [[line.from, line.name], [line.to, line.name]],
    symbol: "rect",
    symbolSize: [2, 14],
    lineStyle: { color: INK, width: 2.5 },
    itemStyle: { color: INK },
    silent: true,
  }));
  const dots = {
    type: "scatter" as const,
    data: config.lines.map((line) => [line.value, line.name]),
    symbolSize: 13,
    itemStyle: { color: LEFT },
    label: { show: true, position: "top" as const, color: INK, formatter: "{@[0]}" },
    z: 5,
    ...(config.usual ? {
      markArea: {
        silent: true,
        itemStyle: { color: "rgba(11, 110, 99, 0.12)" },
        label: { color: "#566561", position: "insideTop" as const },
        data: [[{ xAxis: config.usual.from, name: config.usual.label }, { xAxis: config.usual.to }]],
      },
    } : {}),
  };
  const ends = config.lines.flatMap((line) => [line.from, line.to]).concat(config.usual ? [config.usual.from, config.usual.to] : []);
  return {
    ...common(config, font),
    xAxis: {
      type: "value" as const, name: config.xTitle, nameLocation: "middle" as const, nameGap: 26,
      min: Math.floor(Math.min(100, ...ends) / 10) * 10, max: Math.ceil(Math.max(110, ...ends) / 10) * 10,
    },
    yAxis: { type: "category" as const, inverse: true, data: config.lines.map((line) => line.name), axisTick: { show: false } },
    series: [...spans, dots],
  };
}

export function countedOption(config: CountedConfig, font: string) {
  if (config.type === "cascade") return cascadeOption(config, font);
  return config.type === "pyramid" ? pyramidOption(config, font) : intervalsOption(config, font);
}
