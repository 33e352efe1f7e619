import type { Reply } from "@/components/ui/reply";

/** What the server may answer to an acknowledgement. */
export type Acknowledgement = { ok: true } | { ok: false; message: string };

interface Clock {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** The server removes an unacknowledged pair after 60 s; past this there is no use in asking. */
const DEADLINE_MS = 50_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 4_000;
/** Refusals that another try may not meet again. */
const PASSING = new Set(["INTERNAL", "UNAVAILABLE", "RATE_LIMITED"]);

export const UNCONFIRMED =
  "The portal did not confirm the delivery in time, so the new pair is removed again and is not shown. Your former keys, if any, still work. Start again when the portal answers.";

/**
 * Tells the server that the secret has arrived, again and again with growing pauses, until it answers or the time
 * is over. Only an answer of `ok` makes the pair valid for good: on anything else it must not be shown.
 */
export async function confirmDelivery(
  acknowledge: () => Promise<Reply<Acknowledgement>>,
  clock: Clock,
): Promise<Acknowledgement> {
  const end = clock.now() + DEADLINE_MS;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const reply = await acknowledge();
    if (reply.kind === "data") return reply.data;
    if (reply.kind === "refused" && !PASSING.has(reply.code)) return { ok: false, message: reply.message };
    const asked = reply.kind === "refused" ? (reply.retryAfterSeconds ?? 0) * 1_000 : 0;
    const pause = Math.max(wait, asked);
    if (clock.now() + pause >= end) return { ok: false, message: UNCONFIRMED };
    await clock.sleep(pause);
  }
}
