import { beginOf } from "@/lib/usage/rules";
import type { HistoryRange } from "@/lib/usage/schema";

/** The lines of a value axis. */
export interface ValueScale {
  /** The value at the upper end. */
  top: number;
  /** From 0 to `top`, all at the same distance. */
  ticks: number[];
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
/** More lines would be noise. */
const STEPS_MAX = 4;

/** A scale with round steps that reaches the highest value. `base`: 1024 for bytes, 1000 for counts. */
export function chooseScale(highest: number, base: 1_000 | 1_024): ValueScale {
  let unit = 1;
  while (highest > STEPS_MAX * 500 * unit) unit *= base;
  const step = unit * (STEPS.find((candidate) => candidate * unit * STEPS_MAX >= highest) ?? 500);
  const count = Math.max(1, Math.ceil(highest / step));
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) };
}

const HOUR_MS = 60 * 60_000;
/** Between two labels: hours, days and months. */
const EVERY = { hours: 6, days: 7, months: 4 };
/** A label nearer to the end of the axis would stand out of the chart. A part of the axis. */
const MARGIN = 0.05;

/**
 * The moments that the time axis names, the last first. Days and months are named at noon UTC, which has the same date
 * in nearly every time zone.
 */
export function listTicks(range: HistoryRange, now: Date): Date[] {
  const from = beginOf(range, now).getTime();
  const margin = (now.getTime() - from) * MARGIN;
  const ticks: Date[] = [];
  for (let index = 0; ; index += 1) {
    const tick = nameTick(range, now, index);
    if (tick.getTime() < from + margin) return ticks;
    if (tick.getTime() <= now.getTime() - margin) ticks.push(tick);
  }
}

function nameTick(range: HistoryRange, now: Date, index: number): Date {
  if (range === "24h") {
    const step = EVERY.hours * HOUR_MS;
    return new Date(Math.floor(now.getTime() / step) * step - index * step);
  }
  const [year, month, day] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  if (range === "30d") return new Date(Date.UTC(year, month, day - index * EVERY.days, 12));
  return new Date(Date.UTC(year, month - index * EVERY.months, 1, 12));
}
