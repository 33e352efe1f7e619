import type { Card } from "@/lib/access-keys/schema";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { cn } from "@/components/ui/cn";

/** What has become of the pair that was replaced, as it is measured. */
export function OldKeyReceipt({
  accessKeyId,
  card,
  className,
}: {
  accessKeyId: string;
  card: Card;
  className?: string;
}) {
  const lines = card.receipts.filter((line) => line.accessKeyId === accessKeyId);
  return (
    <div role="status" className={cn("rounded-md border bg-sunken px-3 py-2.5", className)}>
      <p className="text-[0.8125rem] text-muted">
        Old key <span className="font-mono break-all">{accessKeyId}</span>
      </p>
      {lines.length > 0 ? (
        <ReceiptList receipts={lines} boundSeconds={card.region.revocationBoundSeconds} />
      ) : (
        <p>Being removed…</p>
      )}
    </div>
  );
}
