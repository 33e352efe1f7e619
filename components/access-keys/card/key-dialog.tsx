"use client";

import { ConnectDialog } from "@/components/access-keys/connect/connect-dialog";
import { DisableDialog } from "@/components/access-keys/disable/disable-dialog";
import { IssueDialog } from "@/components/access-keys/issue/issue-dialog";
import { ActivateDialog } from "@/components/access-keys/lifecycle/activate-dialog";
import { DeactivateDialog } from "@/components/access-keys/lifecycle/deactivate-dialog";
import { ExpirationDialog } from "@/components/access-keys/lifecycle/expiration-dialog";
import { KeepLongerDialog } from "@/components/access-keys/lifecycle/keep-longer-dialog";
import { RetireDialog } from "@/components/access-keys/lifecycle/retire-dialog";
import type { KeyDialogName, KeyPermissions } from "@/components/access-keys/card/key-actions";
import type { FindFocus } from "@/components/ui/return-focus";
import type { Card } from "@/lib/access-keys/schema";

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

/** The open dialog of a card. All of them are loaded at once, when somebody points at a card. */
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
