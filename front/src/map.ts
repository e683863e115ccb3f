/**
 * `<doorstep-map>`: areas coloured by a figure, from GeoJSON of this server; no tiles and no other host.
 *
 *     <doorstep-map><script type="application/json">
 *     {"title": "…", "unit": "%", "language": "zh", "geojson": "/places.geojson", "key": "code",
 *      "areas": [{"code": "3301", "name": "…", "value": 85}, {"code": "3302", "name": "…", "hidden": true}]}
 *     </script></doorstep-map>
 *
 * `geojson` is an address or the object itself; `key` is the feature property that names an area in `areas`.
 * A hidden area is hatched, one without a figure is grey, and both say so in the table.
 */

import type { Feature, FeatureCollection } from "geojson";
import * as leaflet from "leaflet";

import { bands, type Band, colourOf, type MapArea, type MapConfig, mapRows, NONE } from "./pictures/bands";
import { keeping, openOnPaper } from "./pictures/keeping";
import { mapImage, WIDTH } from "./pictures/map_image";
import { element, jsonInside, tableOf } from "./pictures/table";
import { type Words, wordsIn } from "./words";

const SVG = "http://www.w3.org/2000/svg";
const HATCH = "dm-hatch";

function svg(name: string, attributes: Record<string, string>, ...inside: Element[]): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

/** A pattern of slanted lines, for figures kept back. */
function hatch(): SVGElement {
  const ground = svg("rect", { width: "8", height: "8", fill: "#eef1f0" });
  const line = svg("path", { d: "M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4", stroke: "#7f908b", "stroke-width": "1.5" });
  const pattern = svg("pattern", { id: HATCH, width: "8", height: "8", patternUnits: "userSpaceOnUse" }, ground, line);
  return svg("svg", { class: "dm-patterns", width: "0", height: "0", "aria-hidden": "true" }, svg("defs", {}, pattern));
}

function swatch(fillWith: string): SVGElement {
  return svg("svg", { viewBox: "0 0 24 16", "aria-hidden": "true" }, svg("rect", { width: "24", height: "16", fill: fillWith }));
}

function bandSaid(band: Band, config: MapConfig): string {
  return `${band.from}–${band.to}${config.unit ?? ""}`;
}

function legend(config: MapConfig, scale: readonly Band[], words: Words): HTMLUListElement {
  const { areas } = config;
  const line = (fillWith: string, text: string) => element("li", "", swatch(fillWith), text);
  const lines = scale.map((band) => line(band.colour, bandSaid(band, config)));
  if (areas.some((area) => area.hidden)) lines.push(line(`url(#${HATCH})`, words.mapHidden));
  if (areas.some((area) => !area.hidden && area.value == null)) lines.push(line(NONE, words.mapNone));
  return element("ul", "dm-legend", ...lines);
}

class DoorstepMap extends HTMLElement {
  private map: leaflet.Map | null = null;
  private notOnPaper: () => void = () => undefined;

  connectedCallback(): void {
    if (this.querySelector("figure")) return;
    const config = jsonInside<MapConfig>(this);
    const words = wordsIn(config.language ?? "en");
    const scale = bands(config);
    const canvas = element("div", "dm-canvas");
    canvas.setAttribute("role", "group");
    canvas.setAttribute("aria-label", config.title);
    const columns = [words.place, config.unit ?? ""];
    const table = tableOf({ summary: words.mapTable, columns, rows: mapRows(config) });
    const caption = element("figcaption", "dc-title", config.title);
    const keep = keeping(config.title, config.language ?? "en", { columns, rows: mapRows(config) }, () => imageOf(config, scale, words));
    const figure = element("figure", "", caption, hatch(), canvas, legend(config, scale, words), element("div", "dc-beside", table, keep));
    this.append(figure);
    this.notOnPaper = openOnPaper(table, () => this.map?.invalidateSize({ animate: false }));
    void this.draw(canvas, config, scale).catch(() => {
      canvas.replaceWith(element("p", "dc-trouble", words.noPicture));
      table.open = true;
    });
  }

  disconnectedCallback(): void {
    this.notOnPaper();
    this.map?.remove();
    this.map = null;
    this.querySelector("figure")?.remove();
  }

  private async draw(canvas: HTMLElement, config: MapConfig, scale: readonly Band[]): Promise<void> {
    const shapes = await shapesOf(config);
    if (!canvas.isConnected) return;
    const map = leaflet.map(canvas, { attributionControl: false, scrollWheelZoom: false, zoomSnap: 0.25 });
    this.map = map;
    const areas = leaflet.geoJSON(shapes, {
      style: (feature) => ({
        color: "#4b5a56",
        weight: 1.2,
        fillOpacity: 1,
        fillColor: fillOf(areaOf(config, feature), scale),
      }),
      onEachFeature: (feature, layer) => {
        const area = areaOf(config, feature);
        if (!area) return;
        const figure = area.hidden || area.value == null ? "" : `${area.value}${config.unit ?? ""}`;
        const label = element("span", "", area.name, document.createElement("br"), figure);
        layer.bindTooltip(label, { permanent: true, direction: "center", className: "dm-label", opacity: 1 });
      },
    });
    // The view comes first: labels need it to find their place.
    map.fitBounds(areas.getBounds(), { padding: [12, 12], animate: false });
    areas.addTo(map);
  }
}

function areaOf(config: MapConfig, feature: Feature | undefined): MapArea | undefined {
  const code = String(feature?.properties?.[config.key] ?? "");
  return config.areas.find((area) => area.code === code);
}

function fillOf(area: MapArea | undefined, scale: readonly Band[]): string {
  return area?.hidden ? `url(#${HATCH})` : colourOf(scale, area?.value ?? null);
}

function shapesOf(config: MapConfig): Promise<FeatureCollection> {
  return typeof config.geojson === "string" ? fetchShapes(config.geojson) : Promise.resolve(config.geojson);
}

/** The map as a PNG. */
async function imageOf(config: MapConfig, scale: readonly Band[], words: Words): Promise<Blob> {
  const drawing = mapImage(config, await shapesOf(config), scale, { hidden: words.mapHidden, none: words.mapNone, band: (one) => bandSaid(one, config) });
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing)}`;
  await picture.decode();
  const canvas = element("canvas", "");
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * picture.height) / picture.width);
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return await new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

async function fetchShapes(url: string): Promise<FeatureCollection> {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`no shapes: ${answer.status}`);
  return (await answer.json()) as FeatureCollection;
}

customElements.define("doorstep-map", DoorstepMap);
