/** From figures to a few shades, light to dark. Pure. */

import type { FeatureCollection } from "geojson";

import { wordsIn } from "../words";

export interface MapArea {
  readonly code: string;
  readonly name: string;
  readonly value?: number | null;
  readonly hidden?: boolean; // kept back because it is small
}

export interface MapConfig {
  readonly title: string;
  readonly unit?: string;
  readonly language?: string;
  readonly geojson: string | FeatureCollection;
  readonly key: string;
  readonly areas: readonly MapArea[];
}

export interface Band {
  readonly from: number;
  readonly to: number;
  readonly colour: string;
}

export const NONE = "#e3e7e6";

/** One hue from light to dark: told apart in grey print and by people who see few colours. Dark text is read on all. */
const SHADES = ["#e6f3f0", "#c5e3dd", "#9bd0c6", "#6fbbae", "#47a393"];

function figures(config: MapConfig): number[] {
  return config.areas.flatMap((area) => (area.hidden || area.value == null ? [] : [area.value]));
}

/** Equal steps between the least and the greatest figure; one band when all are the same, none without figures. */
export function bands(config: MapConfig): Band[] {
  const values = figures(config);
  if (!values.length) return [];
  const least = Math.min(...values);
  const most = Math.max(...values);
  const count = least === most ? 1 : Math.min(SHADES.length, new Set(values).size);
  const places = values.every(Number.isInteger) && most - least >= count ? 0 : 1;
  const edge = (index: number) => Number((least + ((most - least) * index) / count).toFixed(places));
  return Array.from({ length: count }, (_, index) => ({
    from: edge(index),
    to: index === count - 1 ? most : edge(index + 1),
    colour: SHADES[Math.round((index * (SHADES.length - 1)) / Math.max(1, count - 1))] ?? NONE,
  }));
}

/** The shade of a figure; grey for none. */
export function colourOf(scale: readonly Band[], value: number | null): string {
  if (value === null) return NONE;
  return (scale.find((band) => value < band.to) ?? scale.at(-1))?.colour ?? NONE;
}

/** Rows of the table, in the order given: places are never ranked. */
export function mapRows(config: MapConfig): string[][] {
  const words = wordsIn(config.language ?? "en");
  return config.areas.map((area) => [
    area.name,
    area.hidden ? words.mapHidden : (area.value?.toString() ?? words.noFigure),
  ]);
}
