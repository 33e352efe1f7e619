import type { Card, LastUse } from "@/lib/access-keys/schema";
import { readLastUse, readOverlapUse } from "@/components/access-keys/last-use/last-use";
import { describeAgo } from "@/components/ui/ago";
import { Time } from "@/components/ui/time";

/** When a key was last used: the fact of a card. */
export function LastUsed({ use, tells }: { use: LastUse; tells: boolean }) {
  const known = readLastUse(use, tells);
  switch (known.kind) {
    case "used":
      return <Time iso={known.at} />;
    case "silent":
      return (
        <span>
          Never <AsOf iso={known.asOf} />
        </span>
      );
    case "unknown":
      return "Not known yet";
    case "untold":
      return "Not told by this storage system";
  }
}

/** Before a key is taken away: when it was last used. Nothing where that is not known yet. */
export function LastUseWarning({ use: { lastUsedAt, lastUsedAsOf }, tells }: { use: LastUse; tells: boolean }) {
  if (lastUsedAt)
    return <>Last used {describeAgo(lastUsedAt, new Date())}: tools that still use it will lose access.</>;
  if (!tells) return <>This storage system does not tell when a key was last used.</>;
  if (!lastUsedAsOf) return null;
  return (
    <>
      Never used <AsOf iso={lastUsedAsOf} />.
    </>
  );
}

/** Whether the old key of an overlap is still used, as a sentence. Nothing where that is not known. */
export function OverlapUse({ retiring }: { retiring: NonNullable<Card["retiring"]> }) {
  const known = readOverlapUse(retiring);
  if (known.kind === "used")
    return (
      <>
        It was last used <Time iso={known.at} />.
      </>
    );
  if (known.kind !== "silent") return null;
  return (
    <>
      It had no request since <Time iso={retiring.since} /> <AsOf iso={known.asOf} />.
    </>
  );
}

function AsOf({ iso }: { iso: string }) {
  return (
    <>
      (as of <Time iso={iso} />)
    </>
  );
}
