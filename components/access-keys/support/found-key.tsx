"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { KeyHistory } from "@/components/access-keys/history/key-history";
import { LastUsed } from "@/components/access-keys/last-use/last-used";
import { isSettled } from "@/lib/receipt-lines/rules";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { StateBadge } from "@/components/access-keys/state-badge";
import { useCards } from "@/components/access-keys/card/use-cards";
import { Button } from "@/components/ui/button";
import { Fact, Facts } from "@/components/ui/facts";
import { loadWhenShown } from "@/components/ui/load-when-shown";
import { TextLink } from "@/components/ui/text-link";
import { Time } from "@/components/ui/time";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { Card, HistoryLine, KeyRow } from "@/lib/access-keys/schema";
import { viewSlot } from "@/components/access-keys/card/key-actions";

const DisableDialog = loadWhenShown(
  async () => (await import("@/components/access-keys/disable/disable-dialog")).DisableDialog,
);
const DeactivateDialog = loadWhenShown(
  async () => (await import("@/components/access-keys/lifecycle/deactivate-dialog")).DeactivateDialog,
);

interface FoundKeyProps {
  found: KeyRow & {
    project: { slug: string; name: string };
    history: HistoryLine[];
    /** Whether the key can still be disabled. */
    live: boolean;
  };
  /** The cards of the key's project. */
  cards: Card[];
  mayDisable: boolean;
  reasonRequired: boolean;
}

/** A dialog that is open, and the key that it is about, however the card changes meanwhile. */
interface OpenDialog {
  name: "disable" | "deactivate";
  accessKeyId: string;
}

/** A key that support has found: its owner, project and region, its state and its history. Nobody has its secret. */
export function FoundKey({ found, cards: initialCards, mayDisable, reasonRequired }: FoundKeyProps) {
  const [open, setOpen] = useState<OpenDialog>();
  const article = useRef<HTMLElement>(null);
  const router = useRouter();
  const { cards, refresh } = useCards(found.project.slug, initialCards);
  const cardOfRegion = cards.find((candidate) => candidate.region.name === found.region);
  const card = cardOfRegion && viewSlot(cardOfRegion, found.name);
  const state = KEY_STATES.find((known) => known === found.state);
  const polled = (card?.receipts ?? []).filter((line) => line.accessKeyId === found.accessKeyId);
  const receipts = polled.length > 0 ? polled : found.receipts;
  const isOutdated = found.state === "REVOKING" && receipts.length > 0 && receipts.every(isSettled);

  useEffect(() => {
    // The state and the history are not polled: they come with the page.
    if (isOutdated) router.refresh();
  }, [isOutdated, router]);

  const dialog = {
    project: found.project.slug,
    reasonRequired,
    onClose: () => {
      setOpen(undefined);
      router.refresh();
    },
    findFallback: () => article.current?.querySelector<HTMLElement>("footer button, h2"),
  };

  return (
    <article ref={article} aria-labelledby="found-key" className="rounded-lg border bg-surface shadow-low">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b px-4 py-3">
        <h2 id="found-key" tabIndex={-1} className="font-mono font-semibold break-all outline-none">
          {found.accessKeyId}
        </h2>
        {state ? <StateBadge state={state} /> : found.state}
      </header>
      <div className="px-4 py-3.5">
        <Facts>
          <Fact name="Project">
            <TextLink href={`/projects/${found.project.slug}/object-storage`}>{found.project.name}</TextLink>
          </Fact>
          <Fact name="Region">{found.region}</Fact>
          {found.name === null ? null : (
            <Fact name="Name">
              <bdi>{found.name}</bdi>
              {found.access === "read-only" ? " (read only)" : ""}
            </Fact>
          )}
          <Fact name="Owner">
            <bdi>{found.createdBy}</bdi>
          </Fact>
          {found.madeFor ? (
            <Fact name="Made for">
              <bdi>{found.madeFor}</bdi>
            </Fact>
          ) : null}
          <Fact name="Created">
            <Time iso={found.createdAt} />
          </Fact>
          <Fact name="Last used">
            <LastUsed use={found} tells={card?.region.tellsLastUse ?? false} />
          </Fact>
          {found.endedAt ? (
            <Fact name="Ended">
              <Time iso={found.endedAt} />{" "}
              {[found.endedBy && `by ${found.endedBy}`, found.endReason].filter(Boolean).join(": ")}
            </Fact>
          ) : null}
          {receipts.length > 0 ? (
            <Fact name="Receipt">
              <ReceiptList
                receipts={receipts}
                {...(card ? { boundSeconds: card.region.revocationBoundSeconds } : {})}
              />
            </Fact>
          ) : null}
        </Facts>
      </div>
      <div className="border-t px-4 py-4">
        <h3 className="mb-2.5 font-medium">History</h3>
        <KeyHistory history={found.history} />
      </div>
      {mayDisable && found.live && card ? (
        <footer className="flex flex-wrap items-center gap-3 border-t px-4 py-3">
          {mayDeactivate(found, card) ? (
            <Button
              {...DeactivateDialog.warm}
              onClick={() => setOpen({ name: "deactivate", accessKeyId: found.accessKeyId })}
            >
              Deactivate
            </Button>
          ) : null}
          <Button
            look="quietDanger"
            {...DisableDialog.warm}
            onClick={() => setOpen({ name: "disable", accessKeyId: findMeant(found.accessKeyId, card) })}
          >
            Disable Access
          </Button>
          <p className="min-w-56 flex-1 text-[0.8125rem] text-muted">
            Disable Access ends {nameEnding(found.accessKeyId, card)}: the{" "}
            {found.name === null ? "CLI access" : `key “${found.name}”`} of {found.project.name} in {found.region}.
            {card.region.switches ? "" : " This region cannot switch a single key off."} Buckets and data stay.
          </p>
        </footer>
      ) : null}
      {open?.name === "disable" && card ? (
        <DisableDialog {...dialog} card={card} accessKeyId={open.accessKeyId} onChanged={refresh} />
      ) : null}
      {open?.name === "deactivate" && card ? (
        <DeactivateDialog {...dialog} card={card} accessKeyId={open.accessKeyId} />
      ) : null}
    </article>
  );
}

/** Whether the key can be switched off alone, as far as the card tells. The server checks it again. */
function mayDeactivate({ accessKeyId }: KeyRow, { state, change, key, region }: Card): boolean {
  return region.switches && state === "ACTIVE" && !change && key?.accessKeyId === accessKeyId;
}

/** What disabling is asked for: the current key. The old key of an overlap ends with it. */
function findMeant(accessKeyId: string, { key, retiring }: Card): string {
  return retiring?.accessKeyId === accessKeyId ? (key?.accessKeyId ?? accessKeyId) : accessKeyId;
}

/** The key, and the other key of an overlap, which ends with it. */
function nameEnding(accessKeyId: string, { key, retiring }: Card): string {
  const others = [key, retiring].flatMap((other) => other?.accessKeyId ?? []).filter((id) => id !== accessKeyId);
  return others.length === 0 ? "this key" : `this key and with it ${others.join(" and ")}`;
}
