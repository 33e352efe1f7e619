import { expect, test } from "vitest";
import { createTokenFormSchema } from "@/components/own-tokens/form-schema";

const typed = { name: " nightly ", project: "demo", scope: "read", expiresIn: "30" as const, expirationDate: "" };

const parse = (change: object) => createTokenFormSchema.parse({ ...typed, ...change });
const pathsOf = (change: object) =>
  createTokenFormSchema.safeParse({ ...typed, ...change }).error?.issues.map(({ path }) => path.join("."));

test("what is typed becomes the input of the action", () => {
  expect(parse({})).toEqual({ name: "nightly", project: "demo", scope: "read", expiresIn: "30" });
  expect(parse({ project: "" }).project).toBeNull();
  const date = parse({ expiresIn: "date", expirationDate: "2027-01-01T10:00" });
  expect(date.expirationDate).toBe(new Date("2027-01-01T10:00").toISOString());
  expect(parse({ expirationDate: "2027-01-01T10:00" })).not.toHaveProperty("expirationDate");
});

test("what does not fit is told at its field", () => {
  expect(pathsOf({ name: "" })).toEqual(["name"]);
  expect(pathsOf({ name: "x".repeat(200), scope: "all" })).toEqual(["name", "scope"]);
  expect(pathsOf({ expiresIn: "date" })).toEqual(["expirationDate"]);
  expect(pathsOf({ expiresIn: "date", expirationDate: "incomplete" })).toEqual(["expirationDate"]);
});
