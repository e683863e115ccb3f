/** A child's measurements over reference lines, as lines and dots of an SVG: for the phone, which has no drawing program. Pure. */

import { CHILD, stepOf, strokeOf } from "./curves";

type Point = readonly [months: number, value: number];

export interface Plot {
  readonly lines: readonly { readonly name: string; readonly path: string; readonly color: string; readonly dash: string; readonly end: number }[];
  readonly child: { readonly path: string; readonly dots: readonly { readonly x: number; readonly y: number }[]; readonly color: string };
  readonly months: readonly { readonly x: number; readonly said: string }[];
  readonly values: readonly { readonly y: number; readonly said: string }[];
}

/** The paper, and where on it the picture itself stands. */
export const PAPER = { width: 340, height: 250, left: 34, right: 308, top: 20, bottom: 214 } as const;

const DASHES = { solid: "", dashed: "6 4", dotted: "2 3" } as const;
const STEPS = [0.5, 1, 2, 5, 10, 20, 50];
const MOST_MARKS = 7;

/** Nothing to be drawn without a line or without a point. */
export function plotted(reference: readonly { readonly name: string; readonly points: readonly Point[] }[], measured: readonly Point[], until: number): Plot | null {
  const lines = reference.map(({ name, points }) => ({ name, points: points.filter(([months]) => months <= until) })).filter(({ points }) => points.length > 1);
  const points = measured.filter(([months]) => months <= until);
  if (!lines.length || !points.length) return null;
  const all = [...lines.flatMap((line) => line.points), ...points].map(([, value]) => value);
  const [least, most] = [Math.min(...all), Math.max(...all)];
  const step = STEPS.find((one) => (most - least) / one <= MOST_MARKS) ?? STEPS.at(-1) ?? 1;
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step];
  const x = (months: number) => short(PAPER.left + (months / until) * (PAPER.right - PAPER.left));
  const y = (value: number) => short(PAPER.bottom - ((value - low) / (high - low)) * (PAPER.bottom - PAPER.top));
  const path = (through: readonly Point[]) => through.map(([months, value], at) => `${at ? "L" : "M"}${x(months)} ${y(value)}`).join("");
  return {
    lines: lines.map(({ name, points }) => {
      const { color, type } = strokeOf(name);
      return { name, path: path(points), color, dash: DASHES[type], end: y(points.at(-1)?.[1] ?? low) };
    }),
    child: { path: path(points), dots: points.map(([months, value]) => ({ x: x(months), y: y(value) })), color: CHILD },
    months: marks(0, until, stepOf(until)).map((one) => ({ x: x(one), said: String(one) })),
    values: marks(low, high, step).map((one) => ({ y: y(one), said: String(one) })),
  };
}

function marks(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, at) => from + at * step);
}

function short(number: number): number {
  return Math.round(number * 10) / 10;
}
