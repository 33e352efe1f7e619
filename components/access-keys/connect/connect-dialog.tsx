"use client";

import { ChangeDialog } from "@/components/access-keys/change-dialog";
import { ConnectTabs } from "@/components/access-keys/connect/connect-tabs";
import { HelpLink } from "@/components/help/help-link";
import { Button } from "@/components/ui/button";
import { DialogButtons, DialogDescription } from "@/components/ui/dialog";
import { connectionOf, SECRET_PLACEHOLDER } from "@/lib/clients/rules";
import type { Card } from "@/lib/access-keys/schema";
import type { FindFocus } from "@/components/ui/return-focus";

interface ConnectDialogProps {
  card: Card;
  onClose: () => void;
  findFallback: FindFocus;
}

/** How clients are connected with the current key. Nobody has its secret any more: a placeholder stands in its place. */
export function ConnectDialog({ card, ...dialog }: ConnectDialogProps) {
  return (
    <ChangeDialog title="Connect a client" step="form" locked={false} width="xl" {...dialog}>
      <DialogDescription>
        Put your secret key in the place of <span className="font-mono text-foreground">{SECRET_PLACEHOLDER}</span>. It
        was shown when the key was made, and is kept nowhere.
      </DialogDescription>
      <ConnectTabs connection={connectionOf(card, { accessKeyId: card.key?.accessKeyId ?? "" })} />
      <p className="text-[0.8125rem] text-muted">
        Does the tool answer with an error?{" "}
        <HelpLink newTab about="invalid-access-key-id">
          What the errors mean
        </HelpLink>
      </p>
      <DialogButtons>
        <Button onClick={dialog.onClose}>Close</Button>
      </DialogButtons>
    </ChangeDialog>
  );
}
