"use client";

import { useState } from "react";
import { ConfirmLeave } from "@/components/access-keys/issue/confirm-leave";
import { useLeaveGuard } from "@/components/access-keys/issue/use-leave-guard";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogDescription } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { SecretField } from "@/components/ui/secret-field";
import { Time } from "@/components/ui/time";
import type { ShownLink } from "@/lib/managed-users/schema";

interface LinkRevealProps {
  shown: ShownLink;
  onHide: () => void;
  /** The person leaves the page without the link; the message says what that means. */
  onLeave: (message: string) => void;
}

const LEFT = "You left the page, so the link is gone. Reset password makes another one.";

/** Shows a set-up link, the only time that anybody sees it. */
export function LinkReveal({ shown: { email, url, expirationDate }, onHide, onLeave }: LinkRevealProps) {
  const [given, setGiven] = useState(false);
  const guard = useLeaveGuard();
  return (
    <>
      {guard.isLeaving ? (
        <ConfirmLeave
          what="link"
          onStay={guard.stay}
          onLeave={() => {
            onLeave(LEFT);
            guard.leave();
          }}
        />
      ) : null}
      <Notice look="warn">
        <DialogDescription>
          <span className="text-foreground">
            Whoever opens the link first chooses the password. The link is shown only now.
          </span>
        </DialogDescription>
      </Notice>
      <SecretField label="Set-up link" value={url} copyLabel="Copy set-up link" />
      <p className="text-[0.8125rem] text-muted">
        Give it to <span className="[overflow-wrap:anywhere]">{email}</span> in a way that others cannot read. It works
        once, until <Time iso={expirationDate} />.
      </p>
      <div className="grid gap-4 border-t pt-4">
        <Checkbox
          label="I have copied the link"
          checked={given}
          onCheckedChange={(checked) => setGiven(checked === true)}
        />
        <div className="flex flex-col sm:flex-row sm:justify-end">
          <Button
            look="primary"
            disabled={!given}
            onClick={() => {
              guard.release();
              onHide();
            }}
          >
            Hide link
          </Button>
        </div>
      </div>
    </>
  );
}
