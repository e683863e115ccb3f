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

import { type ChartConfig, chartOption, chartRows } from "./pictures/chart";
import { element, jsonInside, tableOf } from "./pictures/table";
import { wordsIn } from "./words";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

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
    this.chart.setOption(chartOption(config, getComputedStyle(this).fontFamily));
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
