import { formatBytes, formatCount } from "@/components/ui/bytes";
import type { HistoryRange, UsagePoint } from "@/lib/usage/schema";

/** The figures that the chart can show. */
export const CHART_FIGURES = ["stored", "objects", "buckets"] as const;
export type ChartFigure = (typeof CHART_FIGURES)[number];

export const FIGURE_NAMES: Record<ChartFigure, string> = { stored: "Stored", objects: "Objects", buckets: "Buckets" };

export const RANGE_NAMES: Record<HistoryRange, string> = { "24h": "24 hours", "30d": "30 days", "13mo": "13 months" };

/** Which history is shown. It stands in the address. */
export interface HistoryChoice {
  range: HistoryRange;
  figure: ChartFigure;
}

/** The choice that an address has. What it does not know is the first choice. */
export function readHistoryChoice(range: string | undefined, figure: string | undefined): HistoryChoice {
  const ranges = Object.keys(RANGE_NAMES) as HistoryRange[];
  return {
    range: ranges.find((known) => known === range) ?? "24h",
    figure: CHART_FIGURES.find((known) => known === figure) ?? "stored",
  };
}

/** The parameters of the address for a choice. The first choices are left out. */
export function writeHistoryChoice({ range, figure }: HistoryChoice): Record<"range" | "figure", string | undefined> {
  return { range: range === "24h" ? undefined : range, figure: figure === "stored" ? undefined : figure };
}

/** The chosen figure of a point, to be drawn. */
export function readFigure(point: UsagePoint, figure: ChartFigure): number {
  return figure === "stored" ? Number(point.bytes) : point[figure];
}

/** A value of the chosen figure as people read it. */
export function formatFigure(value: number, figure: ChartFigure): string {
  return figure === "stored" ? formatBytes(String(value)) : formatCount(value);
}
