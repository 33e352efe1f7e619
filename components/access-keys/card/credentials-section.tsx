"use client";

import type { Card } from "@/lib/access-keys/schema";
import { CredentialCard } from "@/components/access-keys/card/credential-card";
import type { KeyPermissions } from "@/components/access-keys/card/key-actions";
import { useCards } from "@/components/access-keys/card/use-cards";
import { PollNotice } from "@/components/layout/poll-notice";
import { Empty } from "@/components/ui/empty";

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
      <Empty title="There is no region yet">Keys are made in regions. The card of each region is shown here.</Empty>
    );
  }
  return (
    <div className="grid gap-4">
      <PollNotice problem={problem} />
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
