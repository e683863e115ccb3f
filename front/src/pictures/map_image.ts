/** A map as one drawing that stands by itself: areas, names, figures, legend and title. Pure. */

import type { Feature, FeatureCollection, Position } from "geojson";

import { type Band, colourOf, type MapArea, type MapConfig, NONE } from "./bands";

export const WIDTH = 1200;
const TOP = 70;
const HIGH = 800;
const FOOT = 60;
const EDGE = 40;
const FONT = "font-family='Noto Sans SC, Noto Sans CJK SC, Microsoft YaHei, sans-serif'";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

function ringsOf(feature: Feature): Position[][] {
  const shape = feature.geometry;
  if (shape.type === "Polygon") return shape.coordinates;
  return shape.type === "MultiPolygon" ? shape.coordinates.flat() : [];
}

/** From degrees to the drawing: as wide as it is there, north up. */
function projection(shapes: FeatureCollection): (at: Position) => [number, number] {
  const all = shapes.features.flatMap(ringsOf).flat();
  const easts = all.map(([east = 0]) => east);
  const norths = all.map(([, north = 0]) => north);
  const [west, east, south, north] = [Math.min(...easts), Math.max(...easts), Math.min(...norths), Math.max(...norths)];
  const narrower = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min((WIDTH - 2 * EDGE) / ((east - west) * narrower || 1), (HIGH - 2 * EDGE) / (north - south || 1));
  const left = (WIDTH - (east - west) * narrower * scale) / 2;
  const above = TOP + (HIGH - (north - south) * scale) / 2;
  return ([x = 0, y = 0]) => [left + (x - west) * narrower * scale, above + (north - y) * scale];
}

function middle(points: readonly [number, number][]): [number, number] {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

export interface MapImageWords {
  readonly hidden: string;
  readonly none: string;
  readonly band: (band: Band) => string;
}

/** SVG text. */
export function mapImage(config: MapConfig, shapes: FeatureCollection, scale: readonly Band[], words: MapImageWords): string {
  const place = projection(shapes);
  const drawn = shapes.features.map((feature) => {
    const area = config.areas.find(({ code }) => code === String(feature.properties?.[config.key] ?? ""));
    const rings = ringsOf(feature).map((ring) => ring.map(place));
    const path = rings.map((ring) => `M${ring.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}Z`).join("");
    return { shape: `<path d='${path}' fill='${fillOf(area, scale)}' fill-rule='evenodd' stroke='#4b5a56' stroke-width='2'/>`, label: area ? labelOf(area, config, middle(rings.flat())) : "" };
  });
  const lines = legendOf(config, scale, words);
  const height = TOP + HIGH + FOOT;
  return (
    `<svg xmlns='http://www.w3.org/2000/svg' width='${WIDTH}' height='${height}' viewBox='0 0 ${WIDTH} ${height}'>` +
    "<defs><pattern id='kept' width='8' height='8' patternUnits='userSpaceOnUse'><rect width='8' height='8' fill='#eef1f0'/>" +
    "<path d='M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4' stroke='#7f908b' stroke-width='1.5'/></pattern></defs>" +
    `<rect width='${WIDTH}' height='${height}' fill='#ffffff'/>` +
    `<text x='${EDGE}' y='45' ${FONT} font-size='30' font-weight='700'>${escaped(config.title)}</text>` +
    drawn.map((one) => one.shape).join("") + drawn.map((one) => one.label).join("") + lines + "</svg>"
  );
}

function fillOf(area: MapArea | undefined, scale: readonly Band[]): string {
  return area?.hidden ? "url(#kept)" : colourOf(scale, area?.value ?? null);
}

function labelOf(area: MapArea, config: MapConfig, [x, y]: [number, number]): string {
  const figure = area.hidden || area.value == null ? "" : `${area.value}${config.unit ?? ""}`;
  const text = (at: number, said: string, weight: number) =>
    `<text x='${x.toFixed(1)}' y='${at.toFixed(1)}' ${FONT} font-size='20' font-weight='${weight}' text-anchor='middle' stroke='#ffffff' stroke-width='4' paint-order='stroke'>${escaped(said)}</text>`;
  return text(y, area.name, 600) + (figure ? text(y + 24, figure, 400) : "");
}

function legendOf(config: MapConfig, scale: readonly Band[], words: MapImageWords): string {
  const lines = scale.map((band) => [band.colour, words.band(band)] as const);
  const more: (readonly [string, string])[] = [];
  if (config.areas.some((area) => area.hidden)) more.push(["url(#kept)", words.hidden]);
  if (config.areas.some((area) => !area.hidden && area.value == null)) more.push([NONE, words.none]);
  const every = [...lines, ...more];
  const wide = (WIDTH - 2 * EDGE) / Math.max(1, every.length);
  const y = TOP + HIGH + 20;
  return every.map(([fill, said], index) => {
    const x = EDGE + index * wide;
    return `<rect x='${x.toFixed(1)}' y='${y}' width='30' height='20' fill='${fill}' stroke='#4b5a56'/><text x='${(x + 38).toFixed(1)}' y='${y + 16}' ${FONT} font-size='18'>${escaped(said)}</text>`;
  }).join("");
}
