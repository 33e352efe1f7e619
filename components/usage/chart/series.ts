import { type ChartFigure, readFigure } from "@/components/usage/chart/history-choice";
import type { HistoryRange, UsagePoint } from "@/lib/usage/schema";

/** A point of a line. Percent of the width from the left, and of the height from the top. */
export interface Place {
  x: number;
  y: number;
}

/** The history of one region, drawn. */
export interface Series {
  region: string;
  /** What is connected. Where figures are missing, a new part begins. */
  parts: Place[][];
  first: number;
  last: number;
}

interface Frame {
  figure: ChartFigure;
  range: HistoryRange;
  from: Date;
  to: Date;
  /** The value at the upper end. */
  top: number;
}

const HOUR_MS = 60 * 60_000;
/** Figures further apart than this are not connected. Each is two and a half times the usual distance. */
const GAP_MS: Record<HistoryRange, number> = { "24h": 2.5 * HOUR_MS, "30d": 15 * HOUR_MS, "13mo": 240 * HOUR_MS };

/** The lines of a chart, one for each region, in the order of their names. */
export function drawSeries(points: UsagePoint[], frame: Frame): Series[] {
  const regions = [...new Set(points.map(({ region }) => region))].sort();
  return regions.map((region) => drawRegion(region, sortPoints(points, region), frame));
}

/** The points of a region, the oldest first. */
function sortPoints(points: UsagePoint[], region: string): UsagePoint[] {
  return points.filter((point) => point.region === region).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function drawRegion(region: string, points: UsagePoint[], { figure, range, from, to, top }: Frame): Series {
  const parts: Place[][] = [];
  let before = -Infinity;
  for (const point of points) {
    const at = Date.parse(point.at);
    const x = (100 * (at - from.getTime())) / (to.getTime() - from.getTime());
    const place = { x: round(Math.min(100, Math.max(0, x))), y: round(100 - (100 * readFigure(point, figure)) / top) };
    if (at - before > GAP_MS[range]) parts.push([place]);
    else parts.at(-1)?.push(place);
    before = at;
  }
  const values = points.map((point) => readFigure(point, figure));
  return { region, parts, first: values[0] ?? 0, last: values.at(-1) ?? 0 };
}

const round = (value: number) => Math.round(value * 100) / 100;
