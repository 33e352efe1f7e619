import { expect, test } from "vitest";
import { decideEndOfSome, decideUsual, type RevokedKey } from "@/lib/access-keys/revoke/rules";

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

const live = (id: string, principalId: string, slot: string) => ({
  ...{ id, principalId, slot },
  accessKeyId: id.toUpperCase(),
  projectId: `project of ${principalId}`,
});
const all = [live("a", "p", "default"), live("b", "p", "default"), live("c", "p", "named"), live("d", "q", "default")];
const wanted = (...ids: string[]) =>
  ids.map((id) => ({
    id,
    principalId: id === "d" ? "q" : "p",
    slot: id === "c" ? "named" : "default",
    requestId: `r-${id}`,
  }));
const inDefault = { principalId: "p", slot: "default" };

test.each<[string, { principalId: string; slot: string }[], string[], string[][], string[]]>([
  ["slot by slot, of several principals", [], ["a", "b", "c", "d"], [["a", "b"], ["c"], ["d"]], []],
  ["and others of the slot go on", [], ["b"], [["b"]], []],
  ["but not beside one that is changing", [inDefault], ["b", "d"], [["d"]], ["b"]],
  ["with the change, when all of the slot end", [inDefault], ["a", "b"], [["a", "b"]], []],
  ["whatever changes in another slot", [inDefault], ["c"], [["c"]], []],
  ["unless they have ended before", [], ["gone"], [], []],
])("some keys end: %s", (_name, open, ids, ended, busy) => {
  const decided = decideEndOfSome(all, open, wanted(...ids));
  expect(decided.ends.map(({ keys }) => keys.map(({ id }) => id))).toEqual(ended);
  expect(decided.ends.map(({ requestId }) => requestId)).toEqual(ended.map(([first]) => `r-${first}`));
  expect(decided.busy).toEqual(busy);
});
