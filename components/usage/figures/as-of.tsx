import { Age } from "@/components/ui/age";
import { Time } from "@/components/ui/time";
import type { RegionFigures, RegionUsage } from "@/lib/usage/schema";

type Told = RegionUsage & { figures: RegionFigures };

/** When figures were told. Of a storage system that does not answer the age stands here. */
export function AsOf({ figures: { asOf }, failingSince }: Told) {
  if (failingSince === null)
    return (
      <>
        as of <Time iso={asOf} />
      </>
    );
  return (
    <span className="text-warn">
      as of <Age iso={asOf} />: the storage system does not answer
    </span>
  );
}

/** Narrows to a region whose figures are known. */
export function isTold(usage: RegionUsage): usage is Told {
  return usage.figures !== null;
}
