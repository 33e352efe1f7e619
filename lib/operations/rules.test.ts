import { expect, test } from "vitest";
import { isOverdue, type OpenOperation } from "@/lib/operations/rules";

const now = new Date("2026-01-01T12:00:00Z");
const passed = new Date("2026-01-01T11:59:59Z");
const ahead = new Date("2026-01-01T12:00:01Z");

test.each<[OpenOperation["state"], Date | null, boolean]>([
  ["PENDING", ahead, false],
  ["PENDING", passed, true],
  ["PENDING", now, true],
  ["DELIVERING", ahead, false],
  ["DELIVERING", passed, true],
  ["UNDOING", ahead, true],
  ["UNDOING", null, true],
  ["DONE", passed, false],
  ["FAILED", passed, false],
  ["CANCELLED", passed, false],
])("%s due %s: undone %s", (state, dueAt, undone) => {
  expect(isOverdue({ state, dueAt }, now)).toBe(undone);
});
