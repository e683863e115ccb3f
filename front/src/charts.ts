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
 *
 * With `"type": "curves"` a child's measurements over reference lines (`pictures/curves.ts`): `curves` of a name and points
 * `[x, y]`, `points` of `x`, `y` and `said`, `until` where the axis ends, `note` the latest point in words, and `table`, whose
 * `columns` and `rows` the page writes itself.
 */

import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { type ChartConfig, chartOption, chartRows } from "./pictures/chart";
import { type CurvesConfig, curvesOption } from "./pictures/curves";
import { element, jsonInside, tableOf } from "./pictures/table";
import { wordsIn } from "./words";

use([BarChart, LineChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);

function tableBeside(config: ChartConfig | CurvesConfig): HTMLDetailsElement {
  const words = wordsIn(config.language ?? "en");
  if (config.type === "curves") return tableOf({ summary: words.chartTable, ...config.table });
  const named = config.series.map((each) => (config.unit ? `${each.name} (${config.unit})` : each.name));
  return tableOf({ summary: words.chartTable, columns: [config.xTitle ?? words.when, ...named], rows: chartRows(config) });
}

class DoorstepChart extends HTMLElement {
  private chart: EChartsType | null = null;
  private readonly watcher = new ResizeObserver(() => this.chart?.resize());

  connectedCallback(): void {
    if (this.chart) return;
    const config = jsonInside<ChartConfig | CurvesConfig>(this);
    const canvas = element("div", "dc-canvas");
    const figure = element("figure", "", element("figcaption", "dc-title", config.title), canvas);
    if (config.type === "curves") figure.append(element("p", "dc-note", config.note));
    figure.append(tableBeside(config));
    this.append(figure);
    this.chart = init(canvas);
    const font = getComputedStyle(this).fontFamily;
    this.chart.setOption(config.type === "curves" ? curvesOption(config, font) : chartOption(config, font));
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
