import { isOutcomeKnown, type Reply } from "@/components/ui/call-action";

/** What the server answers to an acknowledgement. */
export type Acknowledgement = { ok: true } | { ok: false; message: string };

interface Clock {
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** The server removes a key that is not acknowledged within 60 s. Later attempts are useless. */
const DEADLINE_MS = 50_000;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 4_000;
/** The error codes after which another attempt may succeed. */
const TEMPORARY = new Set(["INTERNAL", "UNAVAILABLE", "RATE_LIMITED"]);

export const UNCONFIRMED =
  "The portal did not confirm the delivery in time, so the new key is removed again and is not shown. Your former keys, if any, still work. Start again when the portal answers.";

export const OUTCOME_UNKNOWN =
  "The portal did not answer, so it is not known whether the new key became the current one. Its secret is not shown. Look at the card when the portal answers: if it shows a new access key, regenerate the keys.";

/**
 * Tells the server that the secret has arrived. Tries again with growing pauses until the server answers or 50 s have
 * passed. Only the answer `ok` makes the new key permanent; after any other result its secret must not be shown.
 */
export async function confirmDelivery(
  acknowledge: () => Promise<Reply<Acknowledgement>>,
  clock: Clock,
): Promise<Acknowledgement> {
  const end = clock.now() + DEADLINE_MS;
  // An acknowledgement whose answer was lost may have been carried out.
  let known = true;
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const reply = await acknowledge();
    known &&= isOutcomeKnown(reply);
    if (reply.kind === "data") return reply.data;
    if (reply.kind === "refused" && !TEMPORARY.has(reply.code)) return { ok: false, message: reply.message };
    const retryAfterMs = reply.kind === "refused" ? (reply.retryAfterSeconds ?? 0) * 1_000 : 0;
    const pause = Math.max(wait, retryAfterMs);
    if (clock.now() + pause >= end) return { ok: false, message: known ? UNCONFIRMED : OUTCOME_UNKNOWN };
    await clock.sleep(pause);
  }
}
