import { setTimeout as pause } from "node:timers/promises";
import type { Context, Place } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf } from "@/lib/cli/portal/portal";
import type { KeyDetail } from "@/lib/cli/portal/replies";
import { tell } from "@/lib/cli/terminal/terminal";
import { describeReceipt, evaluateReceipts, isSettled } from "@/lib/receipt-lines/rules";
import { describeBound } from "@/lib/revocation-bounds/rules";
import type { ReceiptLine } from "@/lib/access-keys/schema";

const PAUSE_MS = 1_000;
/** Beyond the bound, for the removal itself. Seconds. */
const BEYOND_SECONDS = 120;
/** Where the bound is not known. Seconds. */
const UNKNOWN_BOUND_SECONDS = 900;

/** What is known when the wait is over. */
export function describeEnd(receipts: readonly ReceiptLine[]): string {
  return receipts.every(({ firstRefusedAt }) => firstRefusedAt !== null)
    ? "Every gateway refuses the key."
    : "Every gateway that can be measured refuses the key.";
}

/**
 * Waits until every gateway has refused the keys, tells each gateway's line as soon as it is final, and gives all lines.
 * Throws when a gateway goes on accepting a key for longer than the region's bound.
 */
export async function waitForRefusal(
  { terminal, portal }: Context,
  { project, card }: Place,
  accessKeyIds: readonly string[],
): Promise<ReceiptLine[]> {
  const { revocationBoundSeconds: bound } = card.region;
  tell(terminal, `Waiting until every gateway refuses the key. It may work ${describeBound(bound)}.`);
  const end = Date.now() + ((bound ?? UNKNOWN_BOUND_SECONDS) + BEYOND_SECONDS) * 1_000;
  const told = new Set<string>();
  for (;;) {
    const receipts: ReceiptLine[] = [];
    for (const id of accessKeyIds)
      receipts.push(...(await portal.get<KeyDetail>(pathOf("projects", project, "keys", id))).receipts);
    for (const line of receipts.filter(isSettled)) {
      const place = `${line.accessKeyId} ${line.gateway}`;
      if (!told.has(place)) tell(terminal, `${line.accessKeyId}  ${describeReceipt(line, bound)}`);
      told.add(place);
    }
    const state = evaluateReceipts(accessKeyIds, receipts);
    if (state !== "missing" && state !== "open") return receipts;
    if (Date.now() > end)
      throw new Failure(
        "storage",
        "Some gateway may still accept the key. Latchkey goes on: look with latchkey keys show.",
      );
    await pause(PAUSE_MS);
  }
}
