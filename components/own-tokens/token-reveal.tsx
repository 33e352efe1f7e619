"use client";

import { useState } from "react";
import { ConfirmLeave } from "@/components/access-keys/issue/confirm-leave";
import { useLeaveGuard } from "@/components/access-keys/issue/use-leave-guard";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { DialogDescription } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { SecretField } from "@/components/ui/secret-field";
import type { CreatedToken } from "@/lib/own-tokens/schema";

interface TokenRevealProps {
  created: CreatedToken;
  onHide: () => void;
  /** The person leaves the page without the token; the message says what that means. */
  onLeave: (message: string) => void;
}

const LEFT = "You left the page, so the token is gone. Revoke it and create another one.";

/** Shows a token, the only time that anybody sees it. */
export function TokenReveal({ created: { token, project }, onHide, onLeave }: TokenRevealProps) {
  const [stored, setStored] = useState(false);
  const guard = useLeaveGuard();
  const { origin } = window.location;

  return (
    <>
      {guard.isLeaving ? (
        <ConfirmLeave
          what="token"
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
            Treat the token like a password: whoever has it acts in your name. The token is shown only now.
          </span>
        </DialogDescription>
      </Notice>
      <SecretField label="Token" value={token} copyLabel="Copy token" />
      <div className="grid min-w-0 gap-1.5">
        <p className="text-[0.8125rem] text-muted">
          Use it with the command line, which asks for the token, or in the header Authorization of the API:
        </p>
        <pre className="rounded-md border bg-sunken px-3 py-2.5 font-mono text-[0.8125rem] [overflow-wrap:anywhere] whitespace-pre-wrap">
          {`npm install --global ${origin}/latchkey-cli.tgz\nlatchkey login ${origin}\nlatchkey keys list${project === null ? " --project PROJECT" : ""}`}
        </pre>
      </div>
      <div className="grid gap-4 border-t pt-4">
        <Checkbox
          label="I have stored the token"
          checked={stored}
          onCheckedChange={(checked) => setStored(checked === true)}
        />
        <div className="flex flex-col sm:flex-row sm:justify-end">
          <Button
            look="primary"
            disabled={!stored}
            onClick={() => {
              guard.release();
              onHide();
            }}
          >
            Hide token
          </Button>
        </div>
      </div>
    </>
  );
}
