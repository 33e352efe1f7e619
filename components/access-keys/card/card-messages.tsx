import type { Card } from "@/lib/access-keys/schema";
import { OverlapUse } from "@/components/access-keys/last-use/last-used";
import { ReceiptList } from "@/components/access-keys/history/receipt-list";
import { Explain } from "@/components/help/explain";
import { Notice } from "@/components/ui/notice";
import { Time } from "@/components/ui/time";

/** What is happening to a key: an overlap, a change in progress, trouble, and the receipts of old keys. */
export function CardMessages({ card }: { card: Card }) {
  const { key, retiring, change, notice } = card;
  return (
    <>
      {retiring ? (
        <Notice>
          <strong className="font-semibold">
            RETIRING until <Time iso={retiring.until} />
          </strong>
          : the old key{" "}
          <span className="font-mono text-[0.8125rem] [overflow-wrap:anywhere]">{retiring.accessKeyId}</span> works
          beside the new one until then. <OverlapUse retiring={retiring} />
          <span className="inline-block align-middle">
            <Explain name="RETIRING" />
          </span>
        </Notice>
      ) : null}
      {change ? (
        <Notice>
          {describeChange(change)} (since <Time iso={change.since} />)
        </Notice>
      ) : null}
      {key?.missingSince ? (
        <Notice look="warn">
          The storage system does not know this key (since <Time iso={key.missingSince} />
          ): tools that use it are refused. Tell your administrators, because buckets may be missing too.
        </Notice>
      ) : null}
      {notice ? <Notice look="warn">{notice}</Notice> : null}
      <Receipts card={card} />
    </>
  );
}

const DOING: Record<NonNullable<Card["change"]>["kind"], string> = {
  ENABLE: "is enabling CLI access",
  REGENERATE: "is regenerating the keys",
  DEACTIVATE: "is switching the key off",
  ACTIVATE: "is switching the key on",
  SET_EXPIRATION: "is setting the expiration date",
};

function describeChange({ kind, step, by }: NonNullable<Card["change"]>): string {
  if (step === "undoing") return `A key that ${by} asked for was not delivered and is being removed`;
  const rest = step === "awaiting-acknowledgement" ? ": the new key is on its way to the browser" : "";
  return `${by} ${DOING[kind]}${rest}`;
}

function Receipts({ card }: { card: Card }) {
  if (card.receipts.length === 0) return null;
  const bound = card.region.revocationBoundSeconds;
  const keys = [...new Set(card.receipts.map((line) => line.accessKeyId))];
  return (
    <div className="grid gap-2 rounded-md bg-sunken px-3 py-2.5 text-[0.8125rem]">
      {keys.map((accessKeyId) => (
        <div key={accessKeyId} className="grid gap-0.5">
          <div className="flex items-start gap-0.5 text-muted">
            <p>
              Receipt of the old key <span className="font-mono [overflow-wrap:anywhere]">{accessKeyId}</span>
            </p>
            <Explain name="Receipt" />
          </div>
          <ReceiptList
            receipts={card.receipts.filter((line) => line.accessKeyId === accessKeyId)}
            boundSeconds={bound}
          />
        </div>
      ))}
    </div>
  );
}
