import { expect, test } from "vitest";
import {
  describeJob,
  describeOperation,
  describeRevocation,
  type OperationFacts,
  type Surroundings,
} from "@/lib/unfinished-changes/rules";

const now = new Date("2026-01-01T12:00:00Z");
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const around: Surroundings = { workerSilent: false, region: "north", checkError: null };
const facts = { kind: "ENABLE", state: "PENDING", makes: true, dueAt: ago(-5), failureReason: null } as const;

test.each<[Partial<OperationFacts>, string, boolean]>([
  [{}, "in-flight", false],
  [{ state: "DELIVERING" }, "in-flight", false],
  [{ dueAt: null }, "in-flight", false],
  [{ dueAt: ago(29) }, "in-flight", true],
  [{ dueAt: ago(30) }, "stuck", true],
  [{ state: "DELIVERING", dueAt: ago(30) }, "stuck", true],
  [{ state: "UNDOING", dueAt: null }, "failed", true],
])("an operation that is %j is %s, and a retry does something: %s", (given, state, retries) => {
  const described = describeOperation({ ...facts, ...given }, around, now);
  expect([described.state, described.retry !== null]).toEqual([state, retries]);
});

test("what is retried is told before: a new key is removed, any other change is carried out", () => {
  const stuck = { ...facts, dueAt: ago(60) };
  expect(describeOperation(stuck, around, now).retry).toContain("removes the new key");
  const other = { ...stuck, kind: "ACTIVATE" as const, makes: false };
  expect(describeOperation(other, around, now)).toMatchObject({
    what: "Activate",
    retry: expect.stringContaining("carries the change out") as string,
  });
});

test.each([
  [{ endedAt: ago(10), removedAt: null, until: null }, "in-flight"],
  [{ endedAt: ago(30), removedAt: null, until: null }, "stuck"],
  [{ endedAt: ago(600), removedAt: ago(500), until: ago(29) }, "in-flight"],
  [{ endedAt: ago(600), removedAt: ago(500), until: ago(30) }, "failed"],
])("a removal that is %j is %s", (given, state) => {
  const described = describeRevocation({ accessKeyId: "LK1", unrefused: ["gate 1"], ...given }, around, now);
  expect(described.state).toBe(state);
});

test("the next step names the worker first, then the region", () => {
  const next = (given: Partial<Surroundings>) => describeJob("expire-key", "down", { ...around, ...given }).next;
  expect(next({ workerSilent: true, checkError: "no answer" })).toContain("start it with npm run up");
  expect(next({ checkError: "no answer" })).toBe(
    "Repair the region north: no answer. The worker tries again by itself.",
  );
  expect(next({})).toContain("Retry has it try now");
  expect(describeJob("expire-key", null, around).cause).toBe("The last try failed.");
  expect(describeJob("expire-key", "x".repeat(1_000), around).cause.length).toBeLessThan(330);
});
