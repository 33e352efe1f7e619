"use client";

import { useMutation } from "@/components/ui/use-mutation";
import { disableAccess } from "@/lib/access-keys/actions";
import type { DisableForm as Confirmation } from "@/components/access-keys/form-schema";
import type { Card } from "@/lib/access-keys/schema";
import { placeOf } from "@/components/access-keys/place";
import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { DisableForm } from "@/components/access-keys/disable/disable-form";
import { DisableResult } from "@/components/access-keys/disable/disable-result";
import { useChangeRequest } from "@/components/access-keys/use-change-request";
import type { FindFocus } from "@/components/ui/return-focus";

interface DisableDialogProps {
  project: string;
  /** The current card. It changes with the polls while the dialog is open. */
  card: Card;
  reasonRequired: boolean;
  /** The key that is meant. When another one is the current key by then, nothing is disabled. */
  accessKeyId?: string | undefined;
  /** Asks for a fresh card now rather than at the next poll. */
  onChanged: () => void;
  onClose: () => void;
  findFallback: FindFocus;
}

/** Disables access in a region: the question, and then the receipt as the gateways are measured. */
export function DisableDialog({
  project,
  card,
  reasonRequired,
  accessKeyId,
  onChanged,
  ...dialog
}: DisableDialogProps) {
  const requestChange = useChangeRequest();
  const disable = useMutation({
    mutationFn: (confirmation: Confirmation) =>
      requestChange((requestId) =>
        disableAccess({ ...placeOf(project, card), accessKeyId, requestId, ...confirmation }),
      ),
    onSuccess: (result) => {
      if (result.ok) onChanged();
    },
  });
  const result = disable.data;

  return (
    <ChangeDialog title="Disable Access" step={result?.ok ? "result" : "form"} locked={disable.isPending} {...dialog}>
      {result?.ok ? (
        <DisableResult {...result} card={card} onClose={dialog.onClose} />
      ) : (
        <DisableForm
          card={card}
          reasonRequired={reasonRequired}
          error={result?.message}
          working={disable.isPending}
          onDisable={disable.mutateAsync}
          onCancel={dialog.onClose}
        />
      )}
    </ChangeDialog>
  );
}
