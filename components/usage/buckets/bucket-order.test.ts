import { expect, test } from "vitest";
import { chooseOrder, ORDER_NAMES, readOrder, writeOrder } from "@/components/usage/buckets/bucket-order";

test("every order is read as it was written; the usual one is left out", () => {
  for (const text of Object.keys(ORDER_NAMES)) expect(writeOrder(readOrder(text)) ?? "name").toBe(text);
  expect(readOrder("createdAt-desc")).toEqual({ sort: "createdAt", order: "desc" });
  expect(writeOrder({ sort: "name", order: "asc" })).toBeUndefined();
  for (const unknown of [undefined, "", "name-asc", "bytes-", "constructor"])
    expect(readOrder(unknown)).toEqual({ sort: "name", order: "asc" });
});

test("the head of a column sorts by it, and again the other way round", () => {
  const byName = { sort: "name", order: "asc" } as const;
  expect(chooseOrder("bytes", byName)).toEqual({ sort: "bytes", order: "desc" });
  expect(chooseOrder("bytes", { sort: "bytes", order: "desc" })).toEqual({ sort: "bytes", order: "asc" });
  expect(chooseOrder("name", byName)).toEqual({ sort: "name", order: "desc" });
});
