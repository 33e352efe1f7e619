import { failed, type Finding, ok, skipped, warning } from "@/lib/cli/doctor/finding";

/** Storage systems refuse a request beyond 15 minutes. A clock that is off by a third of that is not kept by anything. */
const FAILS_BEYOND_MS = 5 * 60_000;
const WARNS_BEYOND_MS = 30_000;

/** Compares the clock here, before and after a request, with the Date of the answer. */
export function evaluateClock(check: string, date: string | null, before: Date, after: Date): Finding {
  const there = date === null ? Number.NaN : Date.parse(date);
  if (Number.isNaN(there)) return skipped(check, "The answer has no date, so the clocks cannot be compared.");
  // The answer was made at some moment between the two, and its date has whole seconds.
  const ahead = Math.max(0, before.getTime() - there - 1_000);
  const behind = Math.max(0, there - after.getTime());
  const off = Math.max(ahead, behind);
  const sentence = `The clock of this machine is ${describeTime(off)} ${ahead > behind ? "ahead of" : "behind"} theirs.`;
  const cure = "Set it, best with NTP: storage systems refuse requests beyond 15 minutes (RequestTimeTooSkewed).";
  if (off > FAILS_BEYOND_MS) return failed(check, `${sentence} ${cure}`);
  if (off > WARNS_BEYOND_MS) return warning(check, `${sentence} ${cure}`);
  return ok(check, "The clock of this machine agrees with theirs.");
}

function describeTime(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
