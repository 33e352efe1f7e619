"use client";

import type { Card } from "@/lib/access-keys/schema";
import { CredentialCard, type KeyPermissions } from "@/components/access-keys/card/credential-card";
import { type PollProblem, useCards } from "@/components/access-keys/card/use-cards";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";
import { TextLink } from "@/components/ui/text-link";

interface CredentialsSectionProps {
  project: string;
  initialCards: Card[];
  permissions: KeyPermissions;
}

/** The credential cards of a project, one for each region. They are polled. */
export function CredentialsSection({ project, initialCards, permissions }: CredentialsSectionProps) {
  const { cards, problem, refresh } = useCards(project, initialCards);
  if (cards.length === 0) {
    return (
      <Empty title="There is no region yet">
        An administrator of this portal adds regions; keys can be made in each of them.
      </Empty>
    );
  }
  return (
    <div className="grid gap-4">
      {problem ? <ProblemNotice problem={problem} /> : null}
      <div className="grid items-start gap-4 xl:grid-cols-2">
        {cards.map((card) => (
          <CredentialCard
            key={card.region.name}
            project={project}
            card={card}
            permissions={permissions}
            onChanged={refresh}
          />
        ))}
      </div>
    </div>
  );
}

const PROBLEMS: Record<PollProblem, string> = {
  "signed-out": "Your session has ended, so these cards may be out of date.",
  "not-allowed":
    "You may not see these keys any more: your role or the project has changed. These cards may be out of date. Reload the page.",
  unreachable:
    "The portal does not answer at the moment, so these cards may be out of date. The page asks again every few seconds.",
};

function ProblemNotice({ problem }: { problem: PollProblem }) {
  return (
    <Notice look="warn" role="status">
      {PROBLEMS[problem]}
      {problem === "signed-out" ? (
        <>
          {" "}
          <TextLink href="/login" className="font-medium">
            Sign in again
          </TextLink>
        </>
      ) : null}
    </Notice>
  );
}
