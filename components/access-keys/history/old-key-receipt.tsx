import type { Card } from "@/lib/access-keys/schema";
import { Time } from "@/components/ui/time";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";

interface OldKeyReceiptProps {
  accessKeyId: string;
  card: Card;
}

/** The live receipt of the key that was replaced. It has room for its lines from the start, so that nothing moves. */
export function OldKeyReceipt({ accessKeyId, card }: OldKeyReceiptProps) {
  const lines = card.receipts.filter((line) => line.accessKeyId === accessKeyId);
  return (
    <div role="status" className="min-h-26 rounded-md border bg-sunken px-3 py-2.5">
      <p className="text-[0.8125rem] text-muted">
        Old key <span className="font-mono [overflow-wrap:anywhere]">{accessKeyId}</span>
      </p>
      {lines.length > 0 ? (
        <ReceiptList receipts={lines} boundSeconds={card.region.revocationBoundSeconds} />
      ) : card.retiring?.accessKeyId === accessKeyId ? (
        <p>
          Works on until <Time iso={card.retiring.until} />
        </p>
      ) : (
        <p>Being removed…</p>
      )}
    </div>
  );
}
