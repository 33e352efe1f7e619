"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import type { Card } from "@/lib/access-keys/schema";
import { CardFacts } from "@/components/access-keys/card/card-facts";
import {
  type KeyDialogName,
  type KeyPermissions,
  listActions,
  mayAddNamedKey,
  viewSlot,
} from "@/components/access-keys/card/key-actions";
import { NamedKeys } from "@/components/access-keys/card/named-keys";
import { StateBadge } from "@/components/access-keys/state-badge";
import { Explain } from "@/components/help/explain";
import { Button } from "@/components/ui/button";
import { loadWhenShown } from "@/components/ui/load-when-shown";

const KeyDialog = loadWhenShown(async () => (await import("@/components/access-keys/card/key-dialog")).KeyDialog);

/** Nobody points at a card of a phone before pressing its button. Milliseconds after the page is there. */
const PREFETCH_AFTER_MS = 5_000;

interface CredentialCardProps {
  project: string;
  card: Card;
  permissions: KeyPermissions;
  /** Asks for fresh cards now rather than at the next poll. */
  onChanged: () => void;
}

/** The open dialog, the named key that it is about, and the access key that a regeneration is about to replace. */
interface Opened {
  dialog: KeyDialogName;
  name: string | null;
  oldKey: string | undefined;
}

/** The card of a region: its state, its key, its named keys, and the buttons that open the dialogs. */
export function CredentialCard({ project, card, permissions, onChanged }: CredentialCardProps) {
  const router = useRouter();
  const [opened, setOpened] = useState<Opened>();
  const article = useRef<HTMLElement>(null);
  const headingId = `region-${card.region.name}`;
  const actions = listActions(card, permissions);

  useEffect(() => {
    const timer = setTimeout(KeyDialog.prefetch, PREFETCH_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);

  const open = (dialog: KeyDialogName, name: string | null) =>
    setOpened({ dialog, name, oldKey: dialog === "regenerate" ? viewSlot(card, name).key?.accessKeyId : undefined });
  const close = () => {
    setOpened(undefined);
    onChanged();
    // The overview above the cards changes with the keys.
    router.refresh();
  };
  // The button that opened the dialog may be gone, because the state of the card has changed.
  const findFallback = () => {
    const places = [
      ...(opened?.name ? [`[data-named="${CSS.escape(opened.name)}"] [data-menu]`] : []),
      ...(opened?.dialog === "add" ? ["[data-add]"] : []),
      "[data-actions] button:not(:disabled)",
      "h3",
    ];
    const targets = places.map((place) => article.current?.querySelector<HTMLElement>(place));
    return targets.find(Boolean);
  };

  return (
    <article
      ref={article}
      aria-labelledby={headingId}
      {...KeyDialog.warm}
      className="flex flex-col rounded-lg border bg-surface shadow-low"
    >
      <header className="flex flex-wrap items-center justify-between gap-2 border-b px-4 py-3">
        <h3 id={headingId} tabIndex={-1} className="font-semibold tracking-tight outline-none">
          {card.region.name}
        </h3>
        <span className="flex items-center gap-0.5">
          <StateBadge state={card.state} />
          <Explain name={card.state} />
        </span>
      </header>
      <CardFacts card={card} mayIssue={permissions.issue} />
      {actions.length > 0 ? (
        <footer data-actions className="mt-auto flex flex-wrap gap-2 px-4 pb-4">
          {actions.map(({ dialog, text, look }) => (
            <Button key={dialog} look={look} size="sm" className="max-sm:flex-1" onClick={() => open(dialog, null)}>
              {text}
            </Button>
          ))}
        </footer>
      ) : null}
      <NamedKeys card={card} permissions={permissions} mayAdd={mayAddNamedKey(card, permissions)} onOpen={open} />
      {opened ? (
        <KeyDialog
          open={opened.dialog}
          project={project}
          card={viewSlot(card, opened.name)}
          oldKey={opened.oldKey}
          permissions={permissions}
          onChanged={onChanged}
          onClose={close}
          findFallback={findFallback}
        />
      ) : null}
    </article>
  );
}
