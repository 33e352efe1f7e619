import { StateBadge } from "@/components/access-keys/state-badge";
import { composeAddress } from "@/components/layout/parameters";
import { Fact, Facts } from "@/components/ui/facts";
import { TextLink } from "@/components/ui/text-link";
import type { Card } from "@/lib/access-keys/schema";
import type { FoundProject as Found } from "@/lib/support/schema";

/** A project that support has found, with its access region by region. */
export function FoundProject({ project, cards }: { project: Found; cards: Card[] }) {
  return (
    <article aria-labelledby="found-project" className="mb-6 rounded-lg border bg-surface shadow-low">
      <h2 id="found-project" className="border-b px-4 py-3 font-semibold [overflow-wrap:anywhere]">
        <bdi>{project.name}</bdi>
      </h2>
      <div className="px-4 py-3.5">
        <Facts>
          <Fact name="Project">
            <TextLink href={`/projects/${project.project}/object-storage`}>{project.project}</TextLink>
            {project.disabled ? <span className="text-warn">Disabled</span> : null}
          </Fact>
          {cards.map(({ region, state, key, named }) => (
            <Fact key={region.name} name={region.name}>
              <StateBadge state={state} />
              {key ? (
                <TextLink
                  href={composeAddress("/support", { "access-key": key.accessKeyId })}
                  className="font-mono break-all"
                >
                  {key.accessKeyId}
                </TextLink>
              ) : null}
              {named.length > 0 ? <span className="text-muted">and {countNamed(named.length)}</span> : null}
            </Fact>
          ))}
        </Facts>
      </div>
    </article>
  );
}

const countNamed = (count: number): string => (count === 1 ? "1 named key" : `${count} named keys`);
