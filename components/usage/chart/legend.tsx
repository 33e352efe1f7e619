import type { Series } from "@/components/usage/chart/series";
import { styleSeries } from "@/components/usage/chart/series-style";

/** Which line is which region, with its newest figure. */
export function Legend({ series, formatValue }: { series: Series[]; formatValue: (value: number) => string }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1 text-[0.8125rem]">
      {series.map(({ region, last }, index) => (
        <li key={region} className="flex min-w-0 items-center gap-2">
          <svg aria-hidden viewBox="0 0 24 4" className="h-1 w-6 shrink-0">
            <line x1="0" x2="24" y1="2" y2="2" {...styleSeries(index)} />
          </svg>
          <span className="min-w-0 font-medium [overflow-wrap:anywhere]">{region}</span>
          <span className="tabular whitespace-nowrap text-muted">{formatValue(last)}</span>
        </li>
      ))}
    </ul>
  );
}
