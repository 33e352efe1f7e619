import { expect, test } from "vitest";
import { Secret } from "@/lib/platform/secret";
import type { AccountRecord } from "./records";
import { AccountTable } from "./table";

const openTable = () => new AccountTable(() => new Secret("irrelevant"));
const record = { t: "key", account: "demo", sealed: "", state: "active", createdAt: 1 } as const;
const records: AccountRecord[] = [
  { t: "account", id: "demo", displayName: "Demo", createdAt: 1 },
  { ...record, id: "OLD" },
  { ...record, id: "FULL", access: "full" },
  { ...record, id: "READER", access: "read-only" },
];

test("a key of an old journal, which names no access, may do everything, and so after each rewrite", () => {
  const table = openTable();
  for (const one of records) table.apply(one);
  table.apply({ t: "key-change", id: "READER", state: "inactive" });
  const rewritten = openTable();
  for (const one of table.snapshot()) rewritten.apply(one);
  for (const { keys } of [table, rewritten])
    expect([...keys.values()].map((key) => [key.accessKeyId, key.access])).toEqual([
      ["OLD", "full"],
      ["FULL", "full"],
      ["READER", "read-only"],
    ]);
});
