"use client";

import dynamic from "next/dynamic";
import type { Card } from "@/lib/access-keys/schema";
import type { KeyDialogName, KeyPermissions } from "@/components/access-keys/card/key-actions";
import type { FindFocus } from "@/components/ui/return-focus";

const IssueDialog = dynamic(
  () => import("@/components/access-keys/issue/issue-dialog").then((module) => module.IssueDialog),
  { ssr: false },
);
const DisableDialog = dynamic(
  () => import("@/components/access-keys/disable/disable-dialog").then((module) => module.DisableDialog),
  { ssr: false },
);
const ConnectDialog = dynamic(
  () => import("@/components/access-keys/connect/connect-dialog").then((module) => module.ConnectDialog),
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

interface KeyDialogProps {
  open: KeyDialogName;
  project: string;
  /** The current card, or the view of one of its named keys. It changes with the polls while the dialog is open. */
  card: Card;
  /** The access key that was current when the dialog was opened. */
  oldKey: string | undefined;
  permissions: KeyPermissions;
  /** Asks for fresh cards now rather than at the next poll. */
  onChanged: () => void;
  onClose: () => void;
  findFallback: FindFocus;
}

/** The open dialog of a card. Each is loaded when it is first opened. */
export function KeyDialog({ open, oldKey, permissions, onChanged, ...dialog }: KeyDialogProps) {
  switch (open) {
    case "enable":
    case "add":
    case "regenerate":
      return <IssueDialog kind={open} oldKey={oldKey} {...dialog} />;
    case "connect":
      return <ConnectDialog {...dialog} />;
    case "expiration":
      return <ExpirationDialog {...dialog} />;
    case "retire":
      return <RetireDialog {...dialog} />;
    case "keep-longer":
      return <KeepLongerDialog {...dialog} />;
    case "activate":
      return <ActivateDialog {...dialog} />;
    case "deactivate":
      return <DeactivateDialog reasonRequired={permissions.reasonRequired} {...dialog} />;
    case "disable":
      return <DisableDialog reasonRequired={permissions.reasonRequired} onChanged={onChanged} {...dialog} />;
  }
}
