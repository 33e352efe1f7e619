import { Circle, CircleCheck, CircleDot } from "lucide-react";
import type { ReactNode } from "react";
import { Section } from "@/components/layout/section";
import { TextLink } from "@/components/ui/text-link";
import type { FirstSteps as Steps } from "@/lib/installation/schema";

/** What a new installation needs before anybody can make a key, in order, and how far it is. */
export function FirstSteps({ hasRegion, project, hasPeople }: Steps) {
  const done = [hasRegion, project !== null, hasPeople];
  const next = done.indexOf(false);
  const stateOf = (step: number): StepState => (done[step] ? "Done" : step === next ? "Next" : "Later");
  return (
    <Section
      id="first-steps"
      title="First steps"
      description="After these steps people can make keys. An admin or a member+ of a project does that on its Object Storage Dashboard."
    >
      <ol className="divide-y rounded-lg border bg-surface shadow-low">
        <Step title="Add a region" state={stateOf(0)}>
          A region is a place with object storage, such as Ceph, OpenStack or the built-in server.{" "}
          <TextLink href="/admin/regions/new">Add region</TextLink>
        </Step>
        <Step title="Add a project" state={stateOf(1)}>
          People work in projects: keys and buckets belong to a project in a region.{" "}
          <TextLink href="/admin/projects">Go to Projects</TextLink>
        </Step>
        <Step title="Add people" state={stateOf(2)}>
          <TextLink href="/admin/users">Add users</TextLink>, then make them members of{" "}
          {project ? (
            <TextLink href={`/projects/${project.slug}/members`}>
              <bdi>{project.name}</bdi>
            </TextLink>
          ) : (
            "the project"
          )}
          : at least one as admin or member+, because a member makes no keys.
        </Step>
      </ol>
    </Section>
  );
}

type StepState = "Done" | "Next" | "Later";

const LOOKS = {
  Done: { icon: CircleCheck, className: "text-good" },
  Next: { icon: CircleDot, className: "text-accent" },
  Later: { icon: Circle, className: "text-muted" },
} as const;

function Step({ title, state, children }: { title: string; state: StepState; children: ReactNode }) {
  const { icon: Icon, className } = LOOKS[state];
  return (
    <li className="grid gap-x-6 gap-y-0.5 px-4 py-3 sm:grid-cols-[14rem_minmax(0,1fr)]">
      <span className="flex items-center gap-2.5 font-medium">
        <Icon aria-hidden className={`size-4 shrink-0 ${className}`} />
        {title}
        <span className="text-[0.8125rem] font-normal text-muted">{state}</span>
      </span>
      <span className="block min-w-0 text-muted">{state === "Done" ? "This is done." : children}</span>
    </li>
  );
}
