import { Explain } from "@/components/help/explain";
import { formatBytes, formatCount } from "@/components/ui/bytes";
import { Time } from "@/components/ui/time";
import { AsOf, isTold } from "@/components/usage/figures/as-of";
import { Quota } from "@/components/usage/figures/quota";
import type { RegionUsage } from "@/lib/usage/schema";

/** What a project stores in a region: figures, quotas and when they were told. */
export function RegionFigures({ usage }: { usage: RegionUsage }) {
  if (!isTold(usage)) return <p className="mt-3 text-muted">{explainNoFigures(usage)}</p>;
  const { buckets, objects, bytes } = usage.figures;
  return (
    <>
      <dl className="mt-3 grid grid-cols-3 divide-x rounded-md bg-sunken py-2">
        <Figure name="Buckets" value={formatCount(buckets)} />
        <Figure name="Objects" value={formatCount(objects)} />
        <Figure name="Stored" value={formatBytes(bytes)} />
      </dl>
      <Quota figures={usage.figures} region={usage.region} />
      <div className="mt-2 flex items-center gap-0.5">
        <p className="text-[0.8125rem] text-muted first-letter:uppercase">
          <AsOf {...usage} />
        </p>
        <Explain name="As of" />
      </div>
    </>
  );
}

function explainNoFigures({ tellsUsage, failingSince }: RegionUsage) {
  if (!tellsUsage) return "The storage system of this region tells no figures.";
  if (failingSince === null)
    return "The storage system is being asked for the first figures. They are shown here as soon as it answers.";
  return (
    <>
      The storage system does not answer since <Time iso={failingSince} />, so the figures are not known yet. It is
      asked again and again.
    </>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex min-w-0 flex-col-reverse justify-end px-2 sm:px-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="tabular text-base font-semibold tracking-tight sm:text-lg">{value}</dd>
    </div>
  );
}
