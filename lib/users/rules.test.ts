import { expect, test } from "vitest";
import { describeWeakness } from "@/lib/users/rules";

const EMAIL = "ada.lovelace@example.org";

test.each([
  ["a common one", "whatever it is", true, "Too many people use this password"],
  ["the e-mail address", "Ada.Lovelace@example.org", false, "made of the e-mail address"],
  ["its first part", "adalovelace1815", false, "made of the e-mail address"],
  ["its first part twice", "Ada-Lovelace ada-lovelace", false, "made of the e-mail address"],
  ["the product's name", "Latchkey2026!", false, "made of the portal's name"],
  ["the product's name twice", "latchkeylatchkey", false, "made of the portal's name"],
])("%s is refused with a sentence that says what to do", (_case, password, isCommon, sentence) => {
  const weakness = describeWeakness(password, EMAIL, isCommon);
  expect(weakness).toContain(sentence);
  expect(weakness).toContain("Choose another one: a few words in a row");
});

const ALLOWED = ["correct horse battery", "latchkey under the mat", "lovelace met babbage", "481516234290"];

test.each(ALLOWED)("%s may be used", (password) => {
  expect(describeWeakness(password, EMAIL, false)).toBeUndefined();
});

test("an address without letters refuses only itself", () => {
  expect(describeWeakness("481516234290", "481516234290@1.2", false)).toContain("e-mail address");
  expect(describeWeakness("481516234291", "481516234290@1.2", false)).toBeUndefined();
});
