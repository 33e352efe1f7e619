import { CircleHelp, LoaderCircle, ShieldCheck } from "lucide-react";
import type { ReceiptLine } from "@/lib/access-keys/schema";
import { describeReceipt } from "@/lib/receipt-lines/rules";

/** One line for each gateway: whether it still accepts the removed key, or after what time it refused it. */
export function ReceiptList({ receipts, boundSeconds }: { receipts: ReceiptLine[]; boundSeconds?: number | null }) {
  return (
    <ul className="grid gap-1">
      {receipts.map((line) => (
        <li key={`${line.accessKeyId} ${line.gateway}`} className="flex items-start gap-2">
          <ReceiptIcon line={line} />
          <span className="tabular">{describeReceipt(line, boundSeconds)}</span>
        </li>
      ))}
    </ul>
  );
}

function ReceiptIcon({ line }: { line: ReceiptLine }) {
  const common = "mt-0.75 size-4 shrink-0";
  if (line.unmeasurable) return <CircleHelp aria-hidden className={`${common} text-muted`} />;
  if (line.firstRefusedAt) return <ShieldCheck aria-hidden className={`${common} text-good`} />;
  return <LoaderCircle aria-hidden className={`${common} animate-spin text-warn`} />;
}
