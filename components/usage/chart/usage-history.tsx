import { ChevronRight } from "lucide-react";
import { ChoiceLinks } from "@/components/layout/choice-links";
import { Empty } from "@/components/ui/empty";
import { chooseScale, listTicks } from "@/components/usage/chart/axes";
import {
  CHART_FIGURES,
  FIGURE_NAMES,
  formatFigure,
  type HistoryChoice,
  RANGE_NAMES,
  readFigure,
} from "@/components/usage/chart/history-choice";
import { HistoryTable } from "@/components/usage/chart/history-table";
import { Legend } from "@/components/usage/chart/legend";
import { Plot } from "@/components/usage/chart/plot";
import { drawSeries, type Series } from "@/components/usage/chart/series";
import { beginOf } from "@/lib/usage/rules";
import { HISTORY_RANGES, type UsagePoint } from "@/lib/usage/schema";

interface UsageHistoryProps {
  /** They end with the figures of now. */
  points: UsagePoint[];
  /** Whether the project has any figures. */
  hasFigures: boolean;
  choice: HistoryChoice;
  now: Date;
  /** The address of this page with another choice. */
  addressOf: (choice: HistoryChoice) => string;
}

/** The history of a project's figures: a chart, and the same figures as a table. */
export function UsageHistory({ points, hasFigures, choice, now, addressOf }: UsageHistoryProps) {
  if (!hasFigures) {
    return (
      <Empty title="No figures yet">
        The chart begins with the first figures that a storage system tells, and gets a point every hour.
      </Empty>
    );
  }
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap gap-2">
        <ChoiceLinks
          label="Time of the chart"
          choices={HISTORY_RANGES.map((range) => ({
            name: RANGE_NAMES[range],
            href: addressOf({ ...choice, range }),
            current: range === choice.range,
          }))}
        />
        <ChoiceLinks
          label="Figures of the chart"
          choices={CHART_FIGURES.map((figure) => ({
            name: FIGURE_NAMES[figure],
            href: addressOf({ ...choice, figure }),
            current: figure === choice.figure,
          }))}
        />
      </div>
      {points.length > 0 ? (
        <Chart points={points} choice={choice} now={now} />
      ) : (
        <Empty title="No figures in this time">Choose a longer time: the last figures are older.</Empty>
      )}
    </div>
  );
}

function Chart({ points, choice, now }: Pick<UsageHistoryProps, "points" | "choice" | "now">) {
  const { figure, range } = choice;
  const highest = Math.max(...points.map((point) => readFigure(point, figure)));
  const from = beginOf(range, now);
  const scale = chooseScale(highest, figure === "stored" ? 1_024 : 1_000);
  const series = drawSeries(points, { figure, range, from, to: now, top: scale.top });
  const formatValue = (value: number) => formatFigure(value, figure);
  return (
    <figure className="min-w-0 rounded-lg border bg-surface px-3 py-3 shadow-low sm:px-4">
      <Plot
        description={describe(series, choice)}
        series={series}
        scale={scale}
        formatValue={(value) => formatValue(value).replace(/\.0 /, " ")}
        range={range}
        from={from}
        to={now}
        ticks={listTicks(range, now)}
      />
      <figcaption>
        <Legend series={series} formatValue={formatValue} />
      </figcaption>
      <details className="group mt-3">
        <summary className="inline-flex min-h-6 cursor-pointer list-none items-center gap-1 text-[0.8125rem] font-medium text-muted hover:text-foreground [&::-webkit-details-marker]:hidden">
          <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
          The same figures as a table
        </summary>
        <div className="mt-2 max-h-96 overflow-y-auto">
          <HistoryTable points={points} />
        </div>
      </details>
    </figure>
  );
}

function describe(series: Series[], { figure, range }: HistoryChoice): string {
  const lines = series.map(
    ({ region, first, last }) => `${region}: from ${formatFigure(first, figure)} to ${formatFigure(last, figure)}`,
  );
  return `${FIGURE_NAMES[figure]} in the last ${RANGE_NAMES[range]}. ${lines.join("; ")}.`;
}
