"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";
import type { Card, IssuedOutput } from "@/lib/access-keys/schema";
import { connectionOf } from "@/lib/clients/rules";
import { ConnectTabs } from "@/components/access-keys/connect/connect-tabs";
import { DownloadMenu } from "@/components/access-keys/connect/download-menu";
import { ConfirmLeave } from "@/components/access-keys/issue/confirm-leave";
import { OldKeyReceipt } from "@/components/access-keys/history/old-key-receipt";
import { useLeaveGuard } from "@/components/access-keys/issue/use-leave-guard";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { CopyButton } from "@/components/ui/copy-button";
import { DialogDescription } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import { SecretField } from "@/components/ui/secret-field";

interface RevealProps {
  issued: IssuedOutput;
  card: Card;
  oldKey: string | undefined;
  onHide: () => void;
  /** The person leaves the page without the secret; the message says what that means. */
  onLeave: (message: string) => void;
}

const LEFT = "You left the page, so the secret key is gone. Regenerate Keys makes a new key.";

/** Shows the secret, the only time that anybody sees it. */
export function Reveal({ issued, card, oldKey, onHide, onLeave }: RevealProps) {
  const [shown, setShown] = useState(false);
  const [stored, setStored] = useState(false);
  const guard = useLeaveGuard();
  const credentials = { ...connectionOf(card, issued), secretAccessKey: issued.secretAccessKey };

  return (
    <>
      {guard.isLeaving ? (
        <ConfirmLeave
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
            Store your keys securely. Treat them like passwords and never put them in a public repository. The secret
            key is shown only now.
          </span>
        </DialogDescription>
      </Notice>
      <div className="grid gap-3.5">
        <p className="text-muted">
          Region <span className="font-medium text-foreground">{issued.region}</span>, signed for{" "}
          <span className="font-mono text-[0.8125rem] text-foreground">{issued.signingRegion}</span>
        </p>
        <RevealField label="Access Key" value={issued.accessKeyId} />
        <SecretField label="Secret Key" value={issued.secretAccessKey} onShownChange={setShown} />
        <RevealField label="Endpoint URL" value={issued.endpoint} />
      </div>
      <div className="grid gap-4 border-t pt-4">
        <Checkbox
          label="I have stored the secret key"
          checked={stored}
          onCheckedChange={(checked) => setStored(checked === true)}
        />
        <div className="flex flex-col-reverse gap-2 sm:flex-row sm:justify-between">
          <DownloadMenu credentials={credentials} />
          <Button
            look="primary"
            disabled={!stored}
            onClick={() => {
              guard.release();
              onHide();
            }}
          >
            Hide secret
          </Button>
        </div>
      </div>
      <p className="text-muted">
        Next: put the {oldKey ? "new pair into every tool that uses the old one" : "pair into your tools"}. The settings
        of each tool are below, and later on the card.
      </p>
      <details className="group rounded-md border px-3 py-2.5">
        <summary className="flex cursor-pointer list-none items-center gap-1.5 font-medium [&::-webkit-details-marker]:hidden">
          <ChevronRight aria-hidden className="size-4 text-muted transition-transform group-open:rotate-90" />
          Connect a client
        </summary>
        <div className="pt-3">
          <ConnectTabs connection={credentials} masked={!shown} />
        </div>
      </details>
      {/* The last element: when its lines come, no button moves under the pointer. */}
      {oldKey ? <OldKeyReceipt accessKeyId={oldKey} card={card} /> : null}
    </>
  );
}

function RevealField({ label, value }: { label: string; value: string }) {
  return (
    <Field label={label}>
      {(control) => (
        <div className="flex min-w-0 gap-2">
          <Input {...control} value={value} readOnly spellCheck={false} className="font-mono text-[0.8125rem]" />
          <CopyButton text={value} what={label} />
        </div>
      )}
    </Field>
  );
}
