"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Card } from "@/lib/access-keys/schema";
import { CredentialCard } from "@/components/access-keys/card/credential-card";
import type { KeyPermissions } from "@/components/access-keys/card/key-actions";
import type { PolledCards } from "@/components/access-keys/card/use-cards";
import { PollNotice } from "@/components/layout/poll-notice";
import { cn } from "@/components/ui/cn";
import { Empty } from "@/components/ui/empty";
import { LoadedLater } from "@/components/ui/loaded-later";

const loadPoll = async () => (await import("@/components/access-keys/card/cards-poll")).CardsPoll;

/** An open card has to show the change of another person within 2 s. Milliseconds. */
const POLL_AFTER_MS = 1_000;

interface CredentialsSectionProps {
  project: string;
  initialCards: Card[];
  permissions: KeyPermissions;
}

/** The credential cards of a project, one for each region. What polls them is loaded a second after the page. */
export function CredentialsSection({ project, initialCards, permissions }: CredentialsSectionProps) {
  const [polled, setPolled] = useState<PolledCards>();
  const router = useRouter();
  const { cards, problem, refresh } = polled ?? { cards: initialCards, problem: undefined, refresh: router.refresh };
  return (
    <>
      <LoadedLater
        load={loadPoll}
        props={{ project, initial: initialCards, onPolled: setPolled }}
        afterMs={POLL_AFTER_MS}
      />
      {cards.length === 0 ? (
        <Empty title="There is no region yet">Keys are made in regions. The card of each region is shown here.</Empty>
      ) : (
        <div className="grid gap-4">
          <PollNotice problem={problem} />
          {/* Columns and not rows: cards differ in height, and rows would leave holes. */}
          <div className={cn("-mb-4 gap-4 min-[72rem]:columns-2", cards.length > 2 && "min-[100rem]:columns-3")}>
            {cards.map((card, index) => (
              <div key={card.region.name} className={cn("break-inside-avoid pb-4", chooseBreaks(index, cards.length))}>
                <CredentialCard project={project} card={card} permissions={permissions} onChanged={refresh} />
              </div>
            ))}
          </div>
        </div>
      )}
    </>
  );
}

/**
 * Where the columns break, by number and not by height: a card never jumps to another column because a poll has changed
 * the height of a card. Firefox does not know these breaks, and balances the columns by height.
 */
function chooseBreaks(index: number, count: number): string | false {
  const startsSecondOfTwo = index === Math.ceil(count / 2);
  if (count < 3) return startsSecondOfTwo && "min-[72rem]:break-before-column";
  const startsOneOfThree = index === Math.floor(count / 3) || index === Math.floor((count * 2) / 3);
  return cn(
    startsSecondOfTwo && "min-[72rem]:max-[100rem]:break-before-column",
    startsOneOfThree && "min-[100rem]:break-before-column",
  );
}
