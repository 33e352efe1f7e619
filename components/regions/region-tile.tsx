import { CircleCheck, CircleSlash, type LucideIcon, TriangleAlert } from "lucide-react";
import { cn } from "@/components/ui/cn";
import { CopyButton } from "@/components/ui/copy-button";
import { RegionFigures } from "@/components/usage/figures/region-figures";
import type { RegionUsage } from "@/lib/usage/schema";

/** A region as the dashboard shows it. */
export interface OverviewRegion {
  name: string;
  endpoint: string;
  signingRegion: string;
  /**
   * `not-enabled`: the project has never had a key here, so the storage system does not know it. `closed`: the project
   * cannot use the region.
   */
  service: "ok" | "unreachable" | "not-enabled" | "closed";
  /** How many current keys of the project the storage system does not know. */
  missingKeys: number;
}

const SERVICES: Record<OverviewRegion["service"] | "missing", { text: string; icon: LucideIcon; className: string }> = {
  ok: { text: "Service is up", icon: CircleCheck, className: "text-good" },
  unreachable: { text: "Service does not answer", icon: TriangleAlert, className: "text-warn" },
  closed: { text: "Object storage is not enabled in this region", icon: CircleSlash, className: "text-muted" },
  "not-enabled": { text: "No keys yet", icon: CircleSlash, className: "text-muted" },
  missing: { text: "Keys are missing", icon: TriangleAlert, className: "text-warn" },
};

interface RegionTileProps {
  region: OverviewRegion;
  usage: RegionUsage | undefined;
  /** Whether the person can make keys: their cards are below. */
  mayIssue: boolean;
}

/** A region in the overview: endpoint, state of the service and figures. */
export function RegionTile({ region, usage, mayIssue }: RegionTileProps) {
  const { text, icon: Icon, className } = SERVICES[nameService(region, usage)];
  return (
    <li className="min-w-0 rounded-lg border bg-surface px-4 py-3.5 shadow-low">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="min-w-0 font-semibold tracking-tight break-words">{region.name}</h3>
        <p className={cn("flex items-center gap-1.5 text-[0.8125rem] font-medium", className)}>
          <Icon aria-hidden className="size-4 shrink-0" />
          {text}
        </p>
      </div>
      <p className="mt-0.5 flex items-center gap-1 font-mono text-[0.8125rem] text-muted">
        <span className="min-w-0 break-all">{region.endpoint}</span>
        <CopyButton
          quiet
          text={region.endpoint}
          what="Endpoint URL"
          label={`Copy the endpoint URL of ${region.name}`}
        />
      </p>
      {region.missingKeys > 0 ? (
        <p className="mt-3 text-[0.8125rem] text-warn">
          The storage system does not know {region.missingKeys === 1 ? "a key" : `${region.missingKeys} keys`} of this
          project. Its data may be missing too.
        </p>
      ) : null}
      <Figures region={region} usage={usage} mayIssue={mayIssue} />
    </li>
  );
}

/** The figures are newer than what came with the page. */
function nameService({ service, missingKeys }: OverviewRegion, usage: RegionUsage | undefined): keyof typeof SERVICES {
  if (service === "closed") return service;
  if (missingKeys > 0) return "missing";
  return service === "ok" && usage && usage.failingSince !== null ? "unreachable" : service;
}

function Figures({ region: { name, service, missingKeys }, usage, mayIssue }: RegionTileProps) {
  if (service === "closed") {
    return <p className="mt-3 text-muted">A platform admin of this portal can enable it. Keys that exist work on.</p>;
  }
  if (service === "not-enabled" || !usage) {
    if (missingKeys > 0) return null;
    return (
      <p className="mt-3 text-muted">
        Buckets and figures are shown here after the first key is made.
        {mayIssue ? (
          <>
            {" "}
            <a href={`#region-${name}`} className="underline underline-offset-2 hover:text-accent">
              Go to the card of {name}
            </a>
          </>
        ) : null}
      </p>
    );
  }
  return <RegionFigures usage={usage} />;
}
