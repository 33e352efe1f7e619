import { CircleCheck, CircleSlash, type LucideIcon, TriangleAlert } from "lucide-react";
import { formatBytes, formatCount } from "@/components/ui/bytes";
import { cn } from "@/components/ui/cn";
import { CopyButton } from "@/components/ui/copy-button";

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
  /** Null when it is not known. */
  usage: { buckets: number; objects: number; bytes: string } | null;
  buckets: { name: string; createdAt: string; objects: number; bytes: string }[] | null;
}

const SERVICES: Record<OverviewRegion["service"] | "missing", { text: string; icon: LucideIcon; className: string }> = {
  ok: { text: "Service is up", icon: CircleCheck, className: "text-good" },
  unreachable: { text: "Service does not answer", icon: TriangleAlert, className: "text-warn" },
  closed: { text: "Object storage is not enabled in this region", icon: CircleSlash, className: "text-muted" },
  "not-enabled": { text: "No keys yet", icon: CircleSlash, className: "text-muted" },
  missing: { text: "Keys are missing", icon: TriangleAlert, className: "text-warn" },
};

/** A region in the overview: endpoint, state of the service and figures. */
export function RegionTile({ region }: { region: OverviewRegion }) {
  const {
    text,
    icon: Icon,
    className,
  } = SERVICES[region.missingKeys > 0 && region.service !== "closed" ? "missing" : region.service];
  return (
    <li className="rounded-lg border bg-surface px-4 py-3.5 shadow-low">
      <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
        <h3 className="font-semibold tracking-tight">{region.name}</h3>
        <p className={cn("flex items-center gap-1.5 text-[0.8125rem] font-medium", className)}>
          <Icon aria-hidden className="size-4" />
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
      <Figures region={region} />
    </li>
  );
}

function Figures({ region }: { region: OverviewRegion }) {
  if (region.service === "closed") {
    return <p className="mt-3 text-muted">An administrator of this portal can enable it. Keys that exist work on.</p>;
  }
  if (region.service === "not-enabled") {
    if (region.missingKeys > 0) return null;
    return <p className="mt-3 text-muted">Buckets and figures are shown here after the first key is made.</p>;
  }
  if (!region.usage) {
    return (
      <p className="mt-3 text-muted">
        The storage system did not answer, so the figures are not known. Reload the page to ask again.
      </p>
    );
  }
  const { buckets, objects, bytes } = region.usage;
  return (
    <dl className="mt-3 grid grid-cols-3 divide-x rounded-md bg-sunken py-2">
      <Figure name="Buckets" value={formatCount(buckets)} />
      <Figure name="Objects" value={formatCount(objects)} />
      <Figure name="Stored" value={formatBytes(bytes)} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex flex-col-reverse px-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="tabular text-lg font-semibold tracking-tight">{value}</dd>
    </div>
  );
}
