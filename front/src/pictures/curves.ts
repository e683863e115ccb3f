/** A child's measurements over reference lines: from the figures to what is drawn. Pure. */

import type { TableWords } from "./table";

export interface CurvesConfig {
  readonly type: "curves";
  readonly title: string;
  readonly unit: string;
  readonly language?: string;
  readonly xTitle: string;
  readonly until: number; // how far the axis goes
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
  readonly points: readonly { readonly x: number; readonly y: number; readonly said: string }[];
  readonly name: string; // what the points are
  readonly note: string; // the latest point in words
  readonly table: Omit<TableWords, "summary">;
}

/** By how far a line lies from the middle; told apart by hue and by the stroke, so that they hold in grey print too. */
const STROKES: Readonly<Record<string, { color: string; type: "solid" | "dashed" | "dotted"; width: number }>> = {
  "0": { color: "#2f7d4f", type: "solid", width: 1.5 },
  "2": { color: "#9a6700", type: "dashed", width: 1.5 },
  "3": { color: "#a3262a", type: "dotted", width: 1.5 },
};
export const CHILD = "#12263f";

export function strokeOf(name: string) {
  return STROKES[name.replace(/[^0-9]/g, "")] ?? { color: "#7f908b", type: "solid" as const, width: 1 };
}

/** Marks on the axis: half years for the small, whole years later, years of two when it is long. */
export function stepOf(until: number): number {
  return until <= 24 ? 6 : until <= 84 ? 12 : 24;
}

/** What ECharts is told. Tooltips are drawn on the canvas: as HTML they would need inline styles. */
export function curvesOption(config: CurvesConfig, fontFamily: string) {
  const lines = config.curves.map((curve) => ({
    type: "line" as const,
    name: curve.name,
    data: curve.points.map((point) => [...point]),
    showSymbol: false,
    silent: true,
    lineStyle: strokeOf(curve.name),
    itemStyle: { color: strokeOf(curve.name).color },
    endLabel: { show: true, formatter: "{a}", color: strokeOf(curve.name).color, distance: 4, fontSize: 12 },
    tooltip: { show: false },
  }));
  const child = {
    type: "line" as const,
    name: config.name,
    data: config.points.map(({ x, y, said }) => ({ value: [x, y], name: said })),
    symbol: "circle",
    symbolSize: 10,
    lineStyle: { color: CHILD, width: 3 },
    itemStyle: { color: CHILD },
    z: 5,
  };
  return {
    animation: false,
    aria: { enabled: true, label: { description: `${config.title}. ${config.note}` } },
    textStyle: { fontFamily },
    grid: { left: 8, right: 30, top: 28, bottom: 24, containLabel: true },
    tooltip: { trigger: "item" as const, renderMode: "richText" as const, confine: true, formatter: `{b}: {c} ${config.unit}` },
    xAxis: {
      type: "value" as const, min: 0, max: config.until, interval: stepOf(config.until),
      name: config.xTitle, nameLocation: "middle" as const, nameGap: 26,
    },
    yAxis: { type: "value" as const, name: config.unit, scale: true, nameGap: 10 },
    series: [...lines, child],
  };
}
