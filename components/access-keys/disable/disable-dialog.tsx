"use client";

import { useEffect, useRef, useState } from "react";
import { disableAccess } from "@/lib/access-keys/actions";
import { type Card, CONFIRM_WORD } from "@/lib/access-keys/schema";
import { DisableForm } from "@/components/access-keys/disable/disable-form";
import { judgeReceipts } from "@/components/access-keys/history/receipt";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { ask } from "@/components/ui/reply";
import { createRequestId } from "@/components/access-keys/request-id";
import { Button } from "@/components/ui/button";
import { Dialog, DialogButtons, DialogContent, DialogTitle } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";

interface DisableDialogProps {
  project: string;
  /** As it is now: it follows the poll while the dialog is open. */
  card: Card;
  reasonRequired: boolean;
  /** Asks for a fresh card now rather than at the next poll. */
  onChanged: () => void;
  onClose: () => void;
  onCloseAutoFocus: (event: Event) => void;
}

type Stage =
  | { at: "form"; error: string | undefined }
  | { at: "working" }
  | { at: "done"; message: string; accessKeyIds: readonly string[] };

const LOST =
  "The portal did not answer, so it is not known whether anything was changed. Try again: the same request is never carried out twice.";

export function DisableDialog({
  project,
  card,
  reasonRequired,
  onChanged,
  onClose,
  onCloseAutoFocus,
}: DisableDialogProps) {
  const [stage, setStage] = useState<Stage>({ at: "form", error: undefined });
  const requestId = useRef<string>(undefined);
  const running = useRef(false);
  const title = useRef<HTMLHeadingElement>(null);
  const working = stage.at === "working";

  useEffect(() => {
    if (stage.at === "done") title.current?.focus();
  }, [stage.at]);

  async function disable(reason: string | undefined) {
    if (running.current) return;
    running.current = true;
    setStage({ at: "working" });
    requestId.current ??= createRequestId();
    const intention = { project, region: card.region.name, requestId: requestId.current };
    const reply = await ask(() =>
      disableAccess({ ...intention, confirm: CONFIRM_WORD, ...(reason ? { reason } : {}) }),
    );
    // Without an answer the next press must stay the same request.
    if (reply.kind !== "lost") requestId.current = undefined;
    if (reply.kind === "lost") setStage({ at: "form", error: LOST });
    else if (reply.kind === "refused") setStage({ at: "form", error: reply.message });
    else if (!reply.data.ok) setStage({ at: "form", error: reply.data.message });
    else {
      setStage({ at: "done", message: reply.data.message, accessKeyIds: reply.data.accessKeyIds });
      onChanged();
    }
    running.current = false;
  }

  return (
    <Dialog open onOpenChange={(open) => !open && !working && onClose()}>
      <DialogContent
        onEscapeKeyDown={(event) => working && event.preventDefault()}
        onInteractOutside={(event) => working && event.preventDefault()}
        onCloseAutoFocus={onCloseAutoFocus}
        {...(stage.at === "done" ? { "aria-describedby": undefined } : {})}
      >
        <DialogTitle ref={title} tabIndex={-1}>
          Disable Access
        </DialogTitle>
        {stage.at === "done" ? (
          <Outcome message={stage.message} card={card} accessKeyIds={stage.accessKeyIds} onClose={onClose} />
        ) : (
          <DisableForm
            region={card.region}
            reasonRequired={reasonRequired}
            error={stage.at === "form" ? stage.error : undefined}
            working={working}
            onDisable={(reason) => void disable(reason)}
            onCancel={onClose}
          />
        )}
      </DialogContent>
    </Dialog>
  );
}

interface OutcomeProps {
  message: string;
  card: Card;
  /** The keys that this disable ended. */
  accessKeyIds: readonly string[];
  onClose: () => void;
}

const SENTENCES: Partial<Record<ReturnType<typeof judgeReceipts>, string>> = {
  refused: "The keys are removed, and every gateway refuses them.",
  sampled: "The keys are removed, and the gateways that were asked refuse them.",
  unmeasurable: "The keys are removed. Not every gateway can be measured; the time that is told there is the longest.",
};

/** Whether the project is suspended is known only when the removal has begun. */
function describeReturn({ region }: Card, over: boolean): string {
  return region.suspends && !over
    ? "CLI access can be enabled again when no gateway can hold the old keys any more."
    : "CLI access can be enabled again at any time.";
}

/** What came of it: a line per gateway until each refuses. */
function Outcome({ message, card, accessKeyIds, onClose }: OutcomeProps) {
  const lines = card.receipts.filter((line) => accessKeyIds.includes(line.accessKeyId));
  const judgement = judgeReceipts(accessKeyIds, card.receipts);
  const over = judgement !== "none" && judgement !== "open";
  return (
    <>
      <Notice look={judgement === "refused" || judgement === "sampled" ? "good" : "info"} role="status">
        {SENTENCES[judgement] ?? message}
      </Notice>
      <div role="status" className="grid gap-2">
        {lines.length > 0 ? (
          <ReceiptList receipts={lines} boundSeconds={card.region.revocationBoundSeconds} />
        ) : over ? null : (
          <p className="text-muted">Waiting for the gateways…</p>
        )}
      </div>
      <p className="text-muted">
        {card.enableFrom ? (
          <>
            CLI access can be enabled again from <Time exact iso={card.enableFrom} />, when no gateway can hold the old
            keys any more.
          </>
        ) : (
          describeReturn(card, over)
        )}{" "}
        Your buckets and data stay.
      </p>
      <DialogButtons>
        <Button onClick={onClose}>Close</Button>
      </DialogButtons>
    </>
  );
}
