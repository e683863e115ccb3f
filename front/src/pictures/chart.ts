/** From a chart's figures to what is drawn and to the table beside it. Pure. */

import { wordsIn } from "../words";

export interface ChartConfig {
  readonly type: "line" | "bar";
  readonly title: string;
  readonly unit?: string;
  readonly language?: string;
  readonly xTitle?: string; // what the axis is, when it is not time
  readonly x: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly lines?: readonly { readonly at: number; readonly label: string }[];
  readonly hidden?: readonly (readonly [number, number])[];
}

/** Told apart by hue, by lightness and by the mark on the line, so that they hold in grey print too. */
const COLOURS = ["#0b6e63", "#c2410c", "#3b5bdb", "#7a5195", "#8a6d00", "#5b2a2a", "#1f7a1f", "#555f6b"];
const MARKS = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "emptyCircle"];
const LEGEND_LINE = 22; // pixels a line of names takes; on a phone two short names stand in one

function isHidden(config: ChartConfig, series: number, at: number): boolean {
  return (config.hidden ?? []).some(([s, x]) => s === series && x === at);
}

/** Rows of the table: each place on the axis with the figure of each series, in words where there is none. */
export function chartRows(config: ChartConfig): string[][] {
  const words = wordsIn(config.language ?? "en");
  return config.x.map((x, at) => [
    x,
    ...config.series.map((series, index) => {
      if (isHidden(config, index, at)) return words.hidden;
      return series.values[at]?.toString() ?? words.noFigure;
    }),
  ]);
}

function thresholds(config: ChartConfig) {
  return {
    silent: true,
    symbol: "none",
    lineStyle: { color: "#7f908b", type: "dashed" as const },
    label: { position: "insideEndTop" as const, formatter: "{b}", color: "#566561" },
    data: (config.lines ?? []).map((line) => ({ yAxis: line.at, name: line.label })),
  };
}

/** What ECharts is told. Tooltips are drawn on the canvas: as HTML they would need inline styles. */
export function chartOption(config: ChartConfig, fontFamily: string) {
  return {
    animation: false,
    color: COLOURS,
    aria: { enabled: true, label: { description: config.title } },
    textStyle: { fontFamily },
    grid: { left: 8, right: 16, top: 40 + LEGEND_LINE * Math.max(0, config.series.length - 2), bottom: 8, containLabel: true },
    legend: { top: 0, left: 0, selectedMode: false, show: config.series.length > 1 },
    tooltip: { trigger: "axis" as const, renderMode: "richText" as const, confine: true },
    xAxis: { type: "category" as const, data: [...config.x], boundaryGap: config.type === "bar" },
    yAxis: { type: "value" as const, name: config.unit ?? "", scale: config.type === "line", nameGap: 12 },
    series: config.series.map((series, index) => ({
      type: config.type,
      name: series.name,
      data: series.values.map((value, at) => (isHidden(config, index, at) ? null : value)),
      symbol: MARKS[index % MARKS.length] ?? "circle",
      symbolSize: 9,
      lineStyle: { width: 2.5 },
      barMaxWidth: 48,
      ...(index === 0 && config.lines?.length ? { markLine: thresholds(config) } : {}),
    })),
  };
}
