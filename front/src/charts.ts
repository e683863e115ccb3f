/**
 * `<doorstep-chart>`: lines or bars, with a table that says the same.
 *
 *     <doorstep-chart><script type="application/json">
 *     {"type": "line", "title": "…", "unit": "mmHg", "language": "zh",
 *      "x": ["2026-01-05", "2026-02-03"],
 *      "series": [{"name": "…", "values": [142, 138]}, {"name": "…", "values": [91, null]}],
 *      "lines": [{"at": 140, "label": "…"}], "hidden": [[1, 1]]}
 *     </script></doorstep-chart>
 *
 * `null` is no figure; `hidden` lists [series, place] pairs that are kept back because they are small (their
 * figures should not be in the JSON at all; one that is there is still not shown).
 * `lines` are thresholds the page wants shown.
 */

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { element, jsonInside, tableOf } from "./pictures/table";
import { wordsIn } from "./words";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

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
const COLOURS = ["#0b6e63", "#c2410c", "#3b5bdb", "#7a5195"];
const MARKS = ["circle", "rect", "triangle", "diamond"];

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
export function chartOption(config: ChartConfig) {
  return {
    animation: false,
    color: COLOURS,
    aria: { enabled: true, label: { description: config.title } },
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
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

class DoorstepChart extends HTMLElement {
  private chart: EChartsType | null = null;
  private readonly watcher = new ResizeObserver(() => this.chart?.resize());

  connectedCallback(): void {
    if (this.chart) return;
    const config = jsonInside<ChartConfig>(this);
    const words = wordsIn(config.language ?? "en");
    const canvas = element("div", "dc-canvas");
    const columns = [config.xTitle ?? words.when, ...config.series.map((each) => (config.unit ? `${each.name} (${config.unit})` : each.name))];
    const table = tableOf({ summary: words.chartTable, columns, rows: chartRows(config) });
    this.append(element("figure", "", element("figcaption", "dc-title", config.title), canvas, table));
    this.chart = init(canvas);
    this.chart.setOption(chartOption(config));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", config.title);
    this.watcher.observe(canvas);
  }

  disconnectedCallback(): void {
    this.watcher.disconnect();
    this.chart?.dispose();
    this.chart = null;
    this.querySelector("figure")?.remove();
  }
}

customElements.define("doorstep-chart", DoorstepChart);
