"use client";

import Link from "next/link";
import type { Card } from "@/lib/access-keys/schema";
import { CredentialCard, type KeyPowers } from "@/components/access-keys/card/credential-card";
import { type PollProblem, useCards } from "@/components/access-keys/card/use-cards";
import { Empty } from "@/components/ui/empty";
import { Notice } from "@/components/ui/notice";

interface CredentialsSectionProps {
  project: string;
  initialCards: Card[];
  powers: KeyPowers;
}

/** The cards, one a region, as they are and as they change. */
export function CredentialsSection({ project, initialCards, powers }: CredentialsSectionProps) {
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
          <CredentialCard key={card.region.name} project={project} card={card} powers={powers} onChanged={refresh} />
        ))}
      </div>
    </div>
  );
}

const PROBLEMS: Record<PollProblem, string> = {
  "signed-out": "Your session has ended, so what stands here may be old.",
  "not-allowed":
    "These keys are not shown to you any more: your role or the project has changed. What stands here may be old; reload the page.",
  unreachable:
    "The portal does not answer at the moment, so what stands here may be old. It is asked again every few seconds.",
};

function ProblemNotice({ problem }: { problem: PollProblem }) {
  return (
    <Notice look="warn" role="status">
      {PROBLEMS[problem]}
      {problem === "signed-out" ? (
        <>
          {" "}
          <Link href="/login" prefetch={false} className="font-medium underline underline-offset-2">
            Sign in again
          </Link>
        </>
      ) : null}
    </Notice>
  );
}
