"use client";

import dynamic from "next/dynamic";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { KeyHistory, type HistoryLine } from "@/components/access-keys/history/key-history";
import type { KeyTableRow } from "@/components/access-keys/history/key-table";
import { isSettled } from "@/components/access-keys/history/receipt";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { StateBadge } from "@/components/access-keys/card/state-badge";
import { useCards } from "@/components/access-keys/card/use-cards";
import { Button } from "@/components/ui/button";
import { Time } from "@/components/ui/time";
import { KEY_STATES } from "@/lib/access-keys/rules";
import type { Card } from "@/lib/access-keys/schema";

const DisableDialog = dynamic(
  () => import("@/components/access-keys/disable/disable-dialog").then((module) => module.DisableDialog),
  { ssr: false },
);

interface FoundKeyProps {
  found: KeyTableRow & { project: { slug: string; name: string }; history: HistoryLine[]; live: boolean };
  /** The cards of the key's project. */
  cards: Card[];
  mayDisable: boolean;
  reasonRequired: boolean;
}

/** Who owns a key, where, how it stands and what happened to it; never its secret, which nobody has. */
export function FoundKey({ found, cards: initialCards, mayDisable, reasonRequired }: FoundKeyProps) {
  const [open, setOpen] = useState(false);
  const article = useRef<HTMLElement>(null);
  const router = useRouter();
  const { cards, refresh } = useCards(found.project.slug, initialCards);
  const card = cards.find((candidate) => candidate.region.name === found.region);
  const state = KEY_STATES.find((known) => known === found.state);
  const live = cards.flatMap(({ receipts }) => receipts).filter((line) => line.accessKeyId === found.accessKeyId);
  const receipts = live.length > 0 ? live : found.receipts;
  const ended = found.state === "REVOKING" && receipts.length > 0 && receipts.every(isSettled);

  useEffect(() => {
    // The state beside the key and its history come with the page.
    if (ended) router.refresh();
  }, [ended, router]);

  return (
    <article ref={article} aria-labelledby="found-key" className="rounded-lg border bg-surface shadow-low">
      <header className="flex flex-wrap items-center justify-between gap-2 border-b px-4 py-3">
        <h2 id="found-key" tabIndex={-1} className="font-mono font-semibold break-all outline-none">
          {found.accessKeyId}
        </h2>
        {state ? <StateBadge state={state} /> : found.state}
      </header>
      <dl className="grid grid-cols-[max-content_minmax(0,1fr)] gap-x-6 gap-y-1.5 px-4 py-4">
        <Fact name="Project">
          <Link
            href={`/projects/${found.project.slug}/object-storage`}
            prefetch={false}
            className="underline underline-offset-2 hover:text-accent"
          >
            {found.project.name}
          </Link>
        </Fact>
        <Fact name="Region">{found.region}</Fact>
        <Fact name="Owner">{found.createdBy}</Fact>
        <Fact name="Created">
          <Time iso={found.createdAt} />
        </Fact>
        {found.endedAt ? (
          <Fact name="Ended">
            <Time iso={found.endedAt} />{" "}
            {[found.endedBy && `by ${found.endedBy}`, found.endReason].filter(Boolean).join(": ")}
          </Fact>
        ) : null}
        {receipts.length > 0 ? (
          <Fact name="Receipt">
            <ReceiptList receipts={receipts} {...(card ? { boundSeconds: card.region.revocationBoundSeconds } : {})} />
          </Fact>
        ) : null}
      </dl>
      <div className="border-t px-4 py-4">
        <h3 className="mb-2.5 font-medium">History</h3>
        <KeyHistory history={found.history} />
      </div>
      {mayDisable && found.live && card ? (
        <footer className="flex flex-wrap items-center gap-3 border-t px-4 py-3">
          <Button look="quietDanger" onClick={() => setOpen(true)}>
            Disable Access
          </Button>
          <p className="min-w-0 flex-1 text-[0.8125rem] text-muted">
            Ends every key of {found.project.name} in {found.region}. Its buckets and data stay.
          </p>
        </footer>
      ) : null}
      {open && card ? (
        <DisableDialog
          project={found.project.slug}
          card={card}
          reasonRequired={reasonRequired}
          onChanged={refresh}
          onClose={() => {
            setOpen(false);
            router.refresh();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            article.current?.querySelector<HTMLElement>("footer button, h2")?.focus();
          }}
        />
      ) : null}
    </article>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
