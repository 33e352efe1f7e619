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
  /** Whether the person can make keys in a region. Undefined: the project can use no region. */
  mayIssue: boolean | undefined;
}

/** Why no bucket is listed, and what to do next. */
export function NoBuckets({ filtered, usages, regions, showsCards, mayIssue }: NoBucketsProps) {
  if (filtered)
    return <Empty title="No bucket matches">Search for a shorter part of the name, or in all regions.</Empty>;
  const [region] = regions;
  if (!region)
    return (
      <Empty title="No buckets yet">
        <WithoutKey mayIssue={mayIssue} />
      </Empty>
    );
  const untold = usages.filter((usage) => usage.figures === null && regions.some(({ name }) => name === usage.region));
  if (untold.length === regions.length) return <Untold usages={untold} />;
  return (
    <Empty title="No buckets yet">
      <p>This command makes the first bucket in {region.name}:</p>
      <code className="mt-2 inline-block rounded bg-sunken px-2 py-1 text-left font-mono text-[0.8125rem] [overflow-wrap:anywhere]">
        aws --profile {region.name} --endpoint-url {region.endpoint} s3 mb s3://my-first-bucket
      </code>
      {showsCards ? (
        <p className="mt-2">
          <Anchor href={`#region-${region.name}`}>Connect a client</Anchor>, on the card of {region.name}, has the
          profile for this and the settings of other tools. <Anchor href="/help#first-bucket">Help</Anchor> says more.
        </p>
      ) : null}
    </Empty>
  );
}

/** What comes before the first bucket: a region, and a key that somebody makes there. */
function WithoutKey({ mayIssue }: Pick<NoBucketsProps, "mayIssue">) {
  if (mayIssue === undefined) return "Buckets are made in regions. This project can use no region yet.";
  if (!mayIssue)
    return "An admin or a member+ of this project makes the first key. The buckets that are made with it are listed here.";
  return (
    <>
      <Anchor href="#credentials">Enable CLI access</Anchor> in a region first. The buckets that are made there are
      listed here.
    </>
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
