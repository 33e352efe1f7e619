import { expect, test } from "vitest";
import {
  disableFormSchema,
  disableWithReasonFormSchema,
  findKeyFormSchema,
  keyFilterFormSchema,
} from "@/lib/access-keys/schema";

const SECRETS = [
  "abcDEF0123456789abcDEF0123456789abcDEF01",
  " abcDEF0123456789abcDEF0123456789abcDEF01\n",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

test.each(SECRETS)("%j looks like a secret key, so no search sends it", (text) => {
  const filter = keyFilterFormSchema.safeParse({ search: text, region: "", state: "" });
  const find = findKeyFormSchema.safeParse({ "access-key": text });
  expect(filter.error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining("secret key")]);
  expect(find.error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining("secret key")]);
});

test.each(["LKAAA0000000000000AA", "LKAAA0000000000000AALKAAA0000000000000AA", "abcDEF0123456789"])(
  "%j may be an access key",
  (text) => {
    expect(keyFilterFormSchema.parse({ search: text, region: "", state: "" }).search).toBe(text);
    expect(findKeyFormSchema.parse({ "access-key": ` ${text} ` })).toEqual({ "access-key": text });
  },
);

test.each([
  ["", /^Type or paste/],
  ["short", /^This is not an access key/],
  ["with space in it", /^This is not an access key/],
])("support cannot search for %j", (accessKey, sentence) => {
  expect(findKeyFormSchema.safeParse({ "access-key": accessKey }).error?.issues[0]?.message).toMatch(sentence);
});

test("a reason is needed only where the form asks for it", () => {
  expect(disableFormSchema.safeParse({ confirm: "confirm" }).success).toBe(true);
  const missing = disableWithReasonFormSchema.safeParse({ confirm: "confirm", reason: " " });
  expect(missing.error?.issues).toMatchObject([{ path: ["reason"], message: "Say why the access is disabled" }]);
});

test("only the exact word confirms", () => {
  const wrong = ["", "Confirm", "confirm ", "confirmed"].map((confirm) => disableFormSchema.safeParse({ confirm }));
  expect(wrong.map(({ success }) => success)).toEqual([false, false, false, false]);
});
