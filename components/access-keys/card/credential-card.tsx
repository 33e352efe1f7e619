"use client";

import dynamic from "next/dynamic";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { Card } from "@/lib/access-keys/schema";
import { CardFacts } from "@/components/access-keys/card/card-facts";
import { StateBadge } from "@/components/access-keys/state-badge";
import { Button } from "@/components/ui/button";

const IssueDialog = dynamic(
  () => import("@/components/access-keys/issue/issue-dialog").then((module) => module.IssueDialog),
  { ssr: false },
);
const DisableDialog = dynamic(
  () => import("@/components/access-keys/disable/disable-dialog").then((module) => module.DisableDialog),
  { ssr: false },
);
const ExpirationDialog = dynamic(
  () => import("@/components/access-keys/lifecycle/expiration-dialog").then((module) => module.ExpirationDialog),
  { ssr: false },
);
const DeactivateDialog = dynamic(
  () => import("@/components/access-keys/lifecycle/deactivate-dialog").then((module) => module.DeactivateDialog),
  { ssr: false },
);
const ActivateDialog = dynamic(
  () => import("@/components/access-keys/lifecycle/activate-dialog").then((module) => module.ActivateDialog),
  { ssr: false },
);
const RetireDialog = dynamic(
  () => import("@/components/access-keys/lifecycle/retire-dialog").then((module) => module.RetireDialog),
  { ssr: false },
);
const KeepLongerDialog = dynamic(
  () => import("@/components/access-keys/lifecycle/keep-longer-dialog").then((module) => module.KeepLongerDialog),
  { ssr: false },
);

/** What the person may do with the keys of the project. */
export interface KeyPermissions {
  issue: boolean;
  disable: boolean;
  /** Whether the person has to give a reason when disabling. */
  reasonRequired: boolean;
}

interface CredentialCardProps {
  project: string;
  card: Card;
  permissions: KeyPermissions;
  /** Asks for fresh cards now rather than at the next poll. */
  onChanged: () => void;
}

/** The open dialog, and the access key that was current when it was opened. */
interface Opened {
  dialog: "enable" | "regenerate" | "expiration" | "deactivate" | "activate" | "retire" | "keep-longer" | "disable";
  oldKey: string | undefined;
}

/** The card of a region: its state, its key, and the buttons that open the dialogs. */
export function CredentialCard({ project, card, permissions, onChanged }: CredentialCardProps) {
  const router = useRouter();
  const [opened, setOpened] = useState<Opened>();
  const article = useRef<HTMLElement>(null);
  const headingId = `region-${card.region.name}`;
  const actions = listActions(card, permissions);

  const open = (dialog: Opened["dialog"]) => setOpened({ dialog, oldKey: card.key?.accessKeyId });
  const close = () => {
    setOpened(undefined);
    onChanged();
    // The overview above the cards changes with the keys.
    router.refresh();
  };
  // The button that opened the dialog may be gone, because the state of the card has changed.
  const onCloseAutoFocus = (event: Event) => {
    event.preventDefault();
    const target = article.current?.querySelector<HTMLElement>("[data-actions] button:not(:disabled)");
    (target ?? article.current?.querySelector<HTMLElement>("h3"))?.focus();
  };
  const dialog = { project, card, onClose: close, onCloseAutoFocus };

  return (
    <article
      ref={article}
      aria-labelledby={headingId}
      className="flex flex-col rounded-lg border bg-surface shadow-low"
    >
      <header className="flex flex-wrap items-center justify-between gap-2 border-b px-4 py-3">
        <h3 id={headingId} tabIndex={-1} className="font-semibold tracking-tight outline-none">
          {card.region.name}
        </h3>
        <StateBadge state={card.state} />
      </header>
      <CardFacts card={card} mayIssue={permissions.issue} />
      {actions.length > 0 ? (
        <footer data-actions className="mt-auto flex flex-wrap gap-2 px-4 pb-4">
          {actions.map(({ dialog: name, text, look }) => (
            <Button key={name} look={look} size="sm" className="max-sm:flex-1" onClick={() => open(name)}>
              {text}
            </Button>
          ))}
        </footer>
      ) : null}
      {opened?.dialog === "enable" || opened?.dialog === "regenerate" ? (
        <IssueDialog kind={opened.dialog} oldKey={opened.oldKey} {...dialog} />
      ) : null}
      {opened?.dialog === "expiration" ? <ExpirationDialog {...dialog} /> : null}
      {opened?.dialog === "retire" ? <RetireDialog {...dialog} /> : null}
      {opened?.dialog === "keep-longer" ? <KeepLongerDialog {...dialog} /> : null}
      {opened?.dialog === "activate" ? <ActivateDialog {...dialog} /> : null}
      {opened?.dialog === "deactivate" ? (
        <DeactivateDialog reasonRequired={permissions.reasonRequired} {...dialog} />
      ) : null}
      {opened?.dialog === "disable" ? (
        <DisableDialog reasonRequired={permissions.reasonRequired} onChanged={onChanged} {...dialog} />
      ) : null}
    </article>
  );
}

interface Action {
  dialog: Opened["dialog"];
  text: string;
  look: "primary" | "secondary" | "quietDanger";
}

/** The buttons that role and state allow. The server checks both again. */
function listActions(
  { state, key, retiring, change, region, enableFrom }: Card,
  permissions: KeyPermissions,
): Action[] {
  const mayIssue = permissions.issue && !region.disabled && !change;
  const mayEnable = mayIssue && !key && !enableFrom && state !== "ENABLING";
  const actions: (Action | false)[] = [
    mayEnable && { dialog: "enable", text: "Enable CLI Access", look: "primary" },
    mayIssue && state === "INACTIVE" && region.switches && { dialog: "activate", text: "Activate", look: "primary" },
    mayIssue && key !== null && { dialog: "regenerate", text: "Regenerate Keys", look: "secondary" },
    mayIssue && key !== null && { dialog: "expiration", text: "Set expiration", look: "secondary" },
    permissions.issue && retiring !== null && { dialog: "retire", text: "Retire now", look: "secondary" },
    permissions.issue && retiring !== null && { dialog: "keep-longer", text: "Keep longer", look: "secondary" },
    permissions.disable &&
      !change &&
      state === "ACTIVE" &&
      region.switches && { dialog: "deactivate", text: "Deactivate", look: "secondary" },
    permissions.disable &&
      (key !== null || retiring !== null || state === "ENABLING") && {
        dialog: "disable",
        text: "Disable Access",
        look: "quietDanger",
      },
  ];
  return actions.filter((action) => action !== false);
}
