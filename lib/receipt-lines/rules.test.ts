import { expect, test } from "vitest";
import { describeReceipt, evaluateReceipts } from "@/lib/receipt-lines/rules";

const line = {
  accessKeyId: "LKAAA0000000000000AA",
  gateway: "north",
  decidedAt: "2026-01-01T00:00:00.000Z",
  removedAt: "2026-01-01T00:00:00.010Z",
  lastAcceptedAt: null,
  firstRefusedAt: null,
  unmeasurable: null,
  sampled: false,
};

test.each([
  ["refused", { firstRefusedAt: "2026-01-01T00:00:00.210Z" }, "north: refused after 0.2 s"],
  ["refused by a clock that is behind", { firstRefusedAt: "2025-12-31T23:59:59.000Z" }, "north: refused after 0.01 s"],
  ["refused quickly", { firstRefusedAt: "2026-01-01T00:00:00.034Z" }, "north: refused after 0.03 s"],
  ["refused late", { firstRefusedAt: "2026-01-01T00:04:31.500Z" }, "north: refused after 271.5 s"],
  [
    "refused after a slow removal",
    { removedAt: "2026-01-01T00:00:14.000Z", firstRefusedAt: "2026-01-01T00:00:14.200Z" },
    "north: refused after 14.2 s (the removal took 14.0 s)",
  ],
  ["accepting", { lastAcceptedAt: "2026-01-01T00:00:01.000Z" }, "north: still accepting, at most 300 s"],
  ["unknown yet", {}, "north: removed, waiting for the first refusal"],
  [
    "not measurable",
    { unmeasurable: "it answers all keys alike" },
    "north: not measurable, it answers all keys alike; it ends at most 300 s after the removal",
  ],
  ["sampled", { sampled: true, firstRefusedAt: "2026-01-01T00:00:00.210Z" }, "north, sampled: refused after 0.2 s"],
])("%s", (_name, change, sentence) => {
  expect(describeReceipt({ ...line, ...change }, 300)).toBe(sentence);
});

const refused = { ...line, firstRefusedAt: "2026-01-01T00:00:00.210Z" };
const other = { ...refused, accessKeyId: "LKAAA0000000000000AB" };

test.each([
  ["nothing yet", [], "missing"],
  ["of one of two keys", [refused], "missing"],
  ["of which one is open", [{ ...refused, ...line }, other], "open"],
  ["all refused", [refused, other], "refused"],
  ["of which one is a sample", [{ ...refused, sampled: true }, other], "sampled"],
  ["of which one cannot be measured", [{ ...line, unmeasurable: "it answers alike" }, other], "unmeasurable"],
] as const)("receipts: %s", (_name, receipts, state) => {
  expect(evaluateReceipts([line.accessKeyId, other.accessKeyId], receipts)).toBe(state);
});
