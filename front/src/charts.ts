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
 * `columns` and `rows` the page writes itself. The same `note` and `table` go with `"cascade"`, `"pyramid"` and `"intervals"`
 * (`pictures/counted.ts`). Every picture can be saved as an image and its table as CSV, and prints with its table.
 */

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TitleComponent, TooltipComponent,
} from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

import { type ChartConfig, chartOption, chartRows } from "./pictures/chart";
import { type CountedConfig, countedOption } from "./pictures/counted";
import { type CurvesConfig, curvesOption } from "./pictures/curves";
import { keeping, openOnPaper } from "./pictures/keeping";
import { element, jsonInside, tableOf, type TableWords } from "./pictures/table";
import { wordsIn } from "./words";

use([
  BarChart, LineChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TitleComponent, TooltipComponent, CanvasRenderer,
]);

type Config = ChartConfig | CurvesConfig | CountedConfig;

function isPlain(config: Config): config is ChartConfig {
  return config.type === "line" || config.type === "bar";
}

function optionOf(config: Config, font: string) {
  if (isPlain(config)) return chartOption(config, font);
  return config.type === "curves" ? curvesOption(config, font) : countedOption(config, font);
}

function tableWords(config: Config): Pick<TableWords, "columns" | "rows"> {
  if (!isPlain(config)) return config.table;
  const words = wordsIn(config.language ?? "en");
  const named = config.series.map((each) => (config.unit ? `${each.name} (${config.unit})` : each.name));
  return { columns: [config.xTitle ?? words.when, ...named], rows: chartRows(config) };
}

const IMAGE = { width: 1200, height: 720, title: 64 };

/** The picture as a PNG that stands by itself: its title in it, the same size on every screen. */
async function imageOf(config: Config, font: string): Promise<Blob> {
  const room = element("div", "");
  const chart = init(room, null, { width: IMAGE.width, height: IMAGE.height });
  try {
    const option: Record<string, unknown> = optionOf(config, font);
    const down = (part: unknown) => ({ ...(part as object), top: Number((part as { top?: number } | undefined)?.top ?? 0) + IMAGE.title });
    const legend = option.legend ? { legend: down(option.legend) } : {};
    const title = { text: config.title, left: 8, top: 12, textStyle: { fontFamily: font, fontSize: 22 } };
    chart.setOption({ ...option, ...legend, grid: down(option.grid), title, backgroundColor: "#ffffff" });
    const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: "#ffffff" });
    return await new Promise<Blob>((resolve, reject) => {
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    });
  } finally {
    chart.dispose();
  }
}

class DoorstepChart extends HTMLElement {
  private chart: EChartsType | null = null;
  private notOnPaper: () => void = () => undefined;
  private readonly watcher = new ResizeObserver(() => this.chart?.resize());

  connectedCallback(): void {
    if (this.chart) return;
    const config = jsonInside<Config>(this);
    const words = wordsIn(config.language ?? "en");
    const canvas = element("div", "dc-canvas");
    if (config.type === "pyramid") canvas.classList.add("dc-tall");
    if (isPlain(config) && config.series.length > 4) canvas.classList.add("dc-many");
    const figure = element("figure", "", element("figcaption", "dc-title", config.title), canvas);
    if ("note" in config) figure.append(element("p", "dc-note", config.note));
    const table = tableOf({ summary: words.chartTable, ...tableWords(config) });
    const font = getComputedStyle(this).fontFamily;
    const keep = keeping(config.title, config.language ?? "en", tableWords(config), () => imageOf(config, font));
    figure.append(element("div", "dc-beside", table, keep));
    this.append(figure);
    this.chart = init(canvas);
    this.chart.setOption(optionOf(config, font));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "note" in config ? `${config.title}. ${config.note}` : config.title);
    this.watcher.observe(canvas);
    this.notOnPaper = openOnPaper(table, () => this.chart?.resize());
  }

  disconnectedCallback(): void {
    this.watcher.disconnect();
    this.notOnPaper();
    this.chart?.dispose();
    this.chart = null;
    this.querySelector("figure")?.remove();
  }
}

customElements.define("doorstep-chart", DoorstepChart);
