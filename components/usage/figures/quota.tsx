import { formatBytes, formatCount } from "@/components/ui/bytes";
import { cn } from "@/components/ui/cn";
import type { RegionFigures } from "@/lib/usage/schema";

/** From here on a quota counts as nearly used up. Percent. */
const NEARLY_FULL = 90;

/** How much of its quotas a project has used in a region. Nothing where there is none. */
export function Quota({ figures, region }: { figures: RegionFigures; region: string }) {
  const { bytes, quotaBytes, objects, quotaObjects } = figures;
  return (
    <>
      {quotaBytes === null ? null : (
        <Bar
          label={`Quota of ${region}`}
          used={Number(bytes)}
          quota={Number(quotaBytes)}
          text={`${formatBytes(bytes)} of ${formatBytes(quotaBytes)}`}
        />
      )}
      {quotaObjects === null ? null : (
        <Bar
          label={`Quota of objects of ${region}`}
          used={objects}
          quota={quotaObjects}
          text={`${formatCount(objects)} of ${formatCount(quotaObjects)} objects`}
        />
      )}
    </>
  );
}

interface BarProps {
  label: string;
  used: number;
  quota: number;
  text: string;
}

function Bar({ label, used, quota, text }: BarProps) {
  const percent = quota > 0 ? Math.floor((100 * used) / quota) : 100;
  const isNearlyFull = percent >= NEARLY_FULL;
  return (
    <div className="mt-3">
      <p className="flex flex-wrap justify-between gap-x-3 text-[0.8125rem]">
        <span>
          <span className="text-muted">Quota</span> <span className="tabular">{text}</span>
        </span>
        <span className={cn("tabular", isNearlyFull ? "font-medium text-warn" : "text-muted")}>
          {percent >= 100 ? "used up" : isNearlyFull ? `${percent} %: nearly used up` : `${percent} %`}
        </span>
      </p>
      <div
        role="meter"
        aria-label={label}
        aria-valuenow={Math.min(100, percent)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuetext={text}
        className="mt-1 h-2 overflow-hidden rounded-full border border-control/60 bg-sunken"
      >
        <div
          className={cn("h-full", isNearlyFull ? "bg-warn" : "bg-accent")}
          style={{ width: `${Math.min(100, percent)}%` }}
        />
      </div>
    </div>
  );
}
