"use client";

import type { Card } from "@/lib/access-keys/schema";
import { CredentialCard } from "@/components/access-keys/card/credential-card";
import type { KeyPermissions } from "@/components/access-keys/card/key-actions";
import { useCards } from "@/components/access-keys/card/use-cards";
import { PollNotice } from "@/components/layout/poll-notice";
import { cn } from "@/components/ui/cn";
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
      {/* Columns and not rows: cards differ in height, and rows would leave holes. */}
      <div className={cn("-mb-4 gap-4", cards.length > 2 ? "columns-[26rem]" : "xl:columns-2")}>
        {cards.map((card) => (
          <div key={card.region.name} className="break-inside-avoid pb-4">
            <CredentialCard project={project} card={card} permissions={permissions} onChanged={refresh} />
          </div>
        ))}
      </div>
    </div>
  );
}
