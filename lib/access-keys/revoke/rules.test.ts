import { expect, test } from "vitest";
import { decideUsual, type RevokedKey } from "@/lib/access-keys/revoke/rules";

const endedAt = new Date("2026-11-28T12:00:00Z");
const after = (ms: number) => ({ firstRefusedAt: new Date(endedAt.getTime() + ms) });
const unmeasurable = { firstRefusedAt: null };
const key = (endReason: string | null, ...receipts: RevokedKey["receipts"]): RevokedKey => ({
  endedAt,
  endReason,
  receipts,
});

test.each<[string, RevokedKey[], number | null, number | null]>([
  ["no keys", [], null, null],
  ["two keys", [key("disabled", after(100)), key("disabled", after(200))], null, null],
  ["three keys, in no order", [400, 100, 200].map((ms) => key("disabled", after(ms))), null, 200],
  ["four keys: the later of the middle", [100, 200, 300, 400].map((ms) => key("expired", after(ms))), null, 300],
  [
    "replaced keys, apart from the others",
    [
      ...["regenerated", "retired", "regenerated"].map((reason) => key(reason, after(300_000))),
      ...["disabled", "expired", "seen in a public repository"].map((reason) => key(reason, after(200))),
    ],
    300_000,
    200,
  ],
  ["the last gateway counts", [1, 2, 3].map(() => key("retired", after(100), after(900), after(500))), 900, null],
  ["an unmeasurable gateway does not", [1, 2, 3].map(() => key("retired", unmeasurable, after(500))), 500, null],
  [
    "a key that was measured nowhere does not",
    [key("retired", unmeasurable), key("retired"), key("retired", after(100)), key("retired", after(100))],
    null,
    null,
  ],
  ["a refusal before the decision, by another clock", [1, 2, 3].map(() => key("disabled", after(-50))), null, 0],
])("%s", (_case, keys, replaced, ended) => {
  expect(decideUsual(keys)).toEqual({ replaced, ended });
});
