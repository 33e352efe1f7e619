import { Fragment } from "react";
import type { ValueScale } from "@/components/usage/chart/axes";
import type { Place, Series } from "@/components/usage/chart/series";
import { styleSeries } from "@/components/usage/chart/series-style";
import { TickLabel } from "@/components/usage/chart/tick-label";
import type { HistoryRange } from "@/lib/usage/schema";

interface PlotProps {
  /** What the chart shows, as a sentence. */
  description: string;
  series: Series[];
  scale: ValueScale;
  formatValue: (value: number) => string;
  range: HistoryRange;
  from: Date;
  to: Date;
  /** The moments that the time axis names. */
  ticks: Date[];
}

/** Lines over time. Places are percents, so that texts and lines keep their size in every width. */
export function Plot({ description, series, scale, formatValue, range, from, to, ticks }: PlotProps) {
  const heightOf = (value: number) => `${100 - (100 * value) / scale.top}%`;
  const placeOf = (tick: Date) => `${(100 * (tick.getTime() - from.getTime())) / (to.getTime() - from.getTime())}%`;
  return (
    <div role="img" aria-label={description} className="flex gap-2 pt-2 pb-9 text-xs">
      <svg aria-hidden className="tabular h-44 w-15 shrink-0 overflow-visible fill-muted">
        {scale.ticks.map((value) => (
          <text key={value} x="100%" y={heightOf(value)} textAnchor="end" dominantBaseline="middle">
            {formatValue(value)}
          </text>
        ))}
      </svg>
      <svg aria-hidden className="h-44 min-w-0 flex-1 overflow-visible">
        {scale.ticks.map((value) => (
          <line key={value} x1="0" x2="100%" y1={heightOf(value)} y2={heightOf(value)} className="stroke-border" />
        ))}
        {ticks.map((tick) => (
          <Fragment key={tick.getTime()}>
            <line x1={placeOf(tick)} x2={placeOf(tick)} y1="100%" y2="102.5%" className="stroke-control" />
            <text x={placeOf(tick)} y="100%" dy="1.4rem" textAnchor="middle" className="tabular fill-muted">
              <TickLabel iso={tick.toISOString()} range={range} />
            </text>
          </Fragment>
        ))}
        {series.map(({ region, parts }, index) => (
          <Fragment key={region}>
            <svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%" overflow="visible">
              <path
                d={parts.map(composePath).join("")}
                {...styleSeries(index)}
                vectorEffect="non-scaling-stroke"
                strokeLinejoin="round"
                fill="none"
              />
            </svg>
            {listDots(parts).map(({ x, y }) => (
              <circle key={x} cx={`${x}%`} cy={`${y}%`} r="3" style={{ fill: styleSeries(index).style.stroke }} />
            ))}
          </Fragment>
        ))}
      </svg>
    </div>
  );
}

const composePath = (part: Place[]) => `M${part.map(({ x, y }) => `${x} ${y}`).join("L")}`;

/** What a line does not show: figures that stand alone. The newest figures have a dot too. */
function listDots(parts: Place[][]): Place[] {
  const alone = parts.filter((part) => part.length === 1).flat();
  const newest = parts.at(-1)?.at(-1);
  return newest && !alone.includes(newest) ? [...alone, newest] : alone;
}
