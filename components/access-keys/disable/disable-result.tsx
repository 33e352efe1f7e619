import type { Card } from "@/lib/access-keys/schema";
import { evaluateReceipts, type ReceiptsState } from "@/lib/receipt-lines/rules";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { Button } from "@/components/ui/button";
import { DialogButtons } from "@/components/ui/dialog";
import { Notice } from "@/components/ui/notice";
import { useAnnouncement } from "@/components/ui/status-region";
import { Time } from "@/components/ui/time";

interface DisableResultProps {
  message: string;
  card: Card;
  /** The keys that were disabled. None when an earlier request disabled them. */
  accessKeyIds: readonly string[];
  onClose: () => void;
}

const SENTENCES: Partial<Record<ReceiptsState, string>> = {
  refused: "The keys are removed, and every gateway refuses them.",
  sampled: "The keys are removed, and the gateways that were asked refuse them.",
  unmeasurable:
    "The keys are removed. Not every gateway can be measured; for those the longest possible time is given below.",
};

/** What came of disabling: a line for each gateway, until each refuses the keys. */
export function DisableResult({ message, card, accessKeyIds, onClose }: DisableResultProps) {
  const lines = card.receipts.filter((line) => accessKeyIds.includes(line.accessKeyId));
  const state = evaluateReceipts(accessKeyIds, card.receipts);
  const isComplete = state !== "missing" && state !== "open";
  const sentence = SENTENCES[state] ?? message;
  useAnnouncement(sentence);
  return (
    <>
      <Notice look={state === "refused" || state === "sampled" ? "good" : "info"}>{sentence}</Notice>
      <div role="status" className="grid gap-2">
        {lines.length > 0 ? (
          <ReceiptList receipts={lines} boundSeconds={card.region.revocationBoundSeconds} />
        ) : accessKeyIds.length > 0 ? (
          <p className="text-muted">Waiting for the gateways…</p>
        ) : null}
      </div>
      <p className="text-muted">
        <EnableAgain card={card} isComplete={isComplete} /> Your buckets and data stay.
      </p>
      <DialogButtons>
        <Button onClick={onClose}>Close</Button>
      </DialogButtons>
    </>
  );
}

/** When CLI access can be enabled again. Whether the project is suspended is known only once the removal has begun. */
function EnableAgain({ card, isComplete }: { card: Card; isComplete: boolean }) {
  if (card.enableFrom) {
    return (
      <>
        CLI access can be enabled again from <Time exact iso={card.enableFrom} />, when no gateway can hold the old keys
        any more.
      </>
    );
  }
  if (card.name !== null) return "A key with this name can be added again at any time.";
  return card.region.suspends && card.others === 0 && !isComplete
    ? "CLI access can be enabled again when no gateway can hold the old keys any more."
    : "CLI access can be enabled again at any time.";
}
