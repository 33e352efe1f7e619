import { expect, test } from "vitest";
import { describeEvent } from "@/lib/audit/describe";

const describeName = (actorName: string, email: string) =>
  describeEvent({ event: "member.removed", actorName, data: { email } });

test("a name that turns the direction of the text turns nothing in a sentence", () => {
  expect(describeName("\u202Evil\u2066", "\u202Dada@example.org")).toBe(
    "vil removed ada@example.org from the project.",
  );
});

test.each(["Žofie 🔑", "👩‍🔧", "أحمد", "a\u200Bb"])("the name %j stays as it is", (name) => {
  expect(describeName(name, "ada@example.org")).toBe(`${name} removed ada@example.org from the project.`);
});

test("a line of another version is shown by its event", () => {
  expect(describeEvent({ event: "no.such", actorName: "\u202EAda", data: {} })).toBe("Ada: no.such");
});
