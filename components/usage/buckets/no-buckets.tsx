import { Empty } from "@/components/ui/empty";
import type { RegionUsage } from "@/lib/usage/schema";

/** A region in which a project can work now. */
interface OpenRegion {
  name: string;
  endpoint: string;
}

export interface NoBucketsProps {
  filtered: boolean;
  usages: RegionUsage[];
  /** The regions in which the project has had keys. */
  regions: OpenRegion[];
  /** Whether the credentials are on the same page. */
  showsCards: boolean;
}

/** Why no bucket is listed, and what to do next. */
export function NoBuckets({ filtered, usages, regions, showsCards }: NoBucketsProps) {
  if (filtered)
    return <Empty title="No bucket matches">Search for a shorter part of the name, or in all regions.</Empty>;
  const [region] = regions;
  if (!region)
    return (
      <Empty title="No buckets yet">
        {showsCards ? (
          <>
            <Anchor href="#credentials">Enable CLI access</Anchor> in a region first. The buckets that are made there
            are listed here.
          </>
        ) : (
          "The buckets of this project are listed here after the first key is made."
        )}
      </Empty>
    );
  const untold = usages.filter((usage) => usage.figures === null && regions.some(({ name }) => name === usage.region));
  if (untold.length === regions.length) return <Untold usages={untold} />;
  return (
    <Empty title="No buckets yet">
      <p>This command makes the first bucket in {region.name}:</p>
      <code className="mt-2 inline-block rounded bg-sunken px-2 py-1 text-left font-mono text-[0.8125rem] break-all">
        aws s3 mb s3://my-first-bucket --endpoint-url {region.endpoint}
      </code>
      {showsCards ? (
        <p className="mt-2">
          <Anchor href={`#region-${region.name}`}>Connect a client</Anchor>, on the card of {region.name}, has the
          settings for this and other tools.
        </p>
      ) : null}
    </Empty>
  );
}

function Untold({ usages }: { usages: RegionUsage[] }) {
  if (usages.every(({ tellsUsage }) => !tellsUsage))
    return (
      <Empty title="The buckets are not told">
        The storage system tells the portal no buckets. An S3 client lists them.
      </Empty>
    );
  return (
    <Empty title="The buckets are not known yet">
      {usages.some(({ failingSince }) => failingSince !== null)
        ? "The storage system does not answer. It is asked again and again, and an S3 client may list them meanwhile."
        : "The storage system is being asked. They are shown here as soon as it answers."}
    </Empty>
  );
}

function Anchor({ href, children }: { href: string; children: string }) {
  return (
    <a href={href} className="underline underline-offset-2 hover:text-accent">
      {children}
    </a>
  );
}
