import { Fact, Facts } from "@/components/ui/facts";
import { Notice } from "@/components/ui/notice";
import { countKeys, describeMistyped } from "@/lib/bulk-revocations/rules";
import type { Preview } from "@/lib/bulk-revocations/schema";
import { describeBound, explainBound } from "@/lib/revocation-bounds/rules";

/** What would end, and until when the keys may still work. */
export function PreviewFacts({ preview }: { preview: Preview }) {
  const { keys, regions, projects, projectCount } = preview;
  const hidden = projectCount - projects.length;
  return (
    <>
      <Facts>
        <Fact name="Live keys">{keys.toLocaleString("en-US")}</Fact>
        {regions.length > 0 ? (
          <Fact name="By region">{regions.map((line) => `${line.region}: ${line.keys}`).join(", ")}</Fact>
        ) : null}
        {projects.length > 0 ? (
          <Fact name="By project">
            {projects.map((line) => `${line.project}: ${line.keys}`).join(", ")}
            {hidden > 0 ? `, and ${hidden} more` : ""}
          </Fact>
        ) : null}
        {preview.alreadyEnded > 0 ? (
          <Fact name="Already ended">
            <Ids ids={preview.alreadyEndedIds} count={preview.alreadyEnded} />
          </Fact>
        ) : null}
        {preview.beingRemoved > 0 ? (
          <Fact name="Being removed already">
            <Ids ids={preview.beingRemovedIds} count={preview.beingRemoved} />
          </Fact>
        ) : null}
        {preview.mistyped > 0 ? (
          <Fact name="Mistyped">
            {describeMistyped(preview.mistyped)} <Ids ids={preview.mistypedIds} count={preview.mistyped} />
          </Fact>
        ) : null}
        {preview.foreign > 0 ? (
          <Fact name="Of another installation">
            <Ids ids={preview.foreignIds} count={preview.foreign} />
          </Fact>
        ) : null}
        {preview.unknown > 0 ? (
          <Fact name="Unknown">
            <Ids ids={preview.unknownIds} count={preview.unknown} />
          </Fact>
        ) : null}
      </Facts>
      {keys === 0 ? (
        <Notice>No live key is chosen, so there is nothing to revoke.</Notice>
      ) : (
        <Notice look="warn">
          <ul className="grid gap-0.5">
            <li>
              This breaks every CLI session and integration that uses these {countKeys(keys)}. It cannot be undone.
            </li>
            {regions.map(({ region, revocationBoundSeconds: bound }) => (
              <li key={region}>
                The keys of {region} are refused {describeBound(bound)}
                {explainBound(bound)}. The time counts from the removal of each key.
              </li>
            ))}
            <li>Keys that are made from now on are not included. Buckets and data stay.</li>
          </ul>
        </Notice>
      )}
    </>
  );
}

function Ids({ ids, count }: { ids: readonly string[]; count: number }) {
  return (
    <>
      {count.toLocaleString("en-US")}: <span className="font-mono [overflow-wrap:anywhere]">{ids.join(", ")}</span>
      {count > ids.length ? ", …" : ""}
    </>
  );
}
