import { describe, expect, test } from "vitest";
import {
  disableFormSchema,
  disableWithReasonFormSchema,
  enableFormSchema,
  expirationFormSchema,
  keyFilterFormSchema,
  searchFormSchema,
} from "@/components/access-keys/form-schema";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { enableInputSchema, expirationSchema, keyNameSchema } from "@/lib/access-keys/schema";

/** The filter that shows all keys. */
const ALL = { search: "", name: "", createdBy: "", region: "", state: "" };

const SECRETS = [
  "abcDEF0123456789abcDEF0123456789abcDEF01",
  " abcDEF0123456789abcDEF0123456789abcDEF01\n",
  "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
];

test.each(SECRETS)("%j looks like a secret key, so no search sends it", (text) => {
  const filter = keyFilterFormSchema.safeParse({ ...ALL, search: text });
  const find = searchFormSchema.safeParse({ by: "access-key", text });
  expect(filter.error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining("secret key")]);
  expect(find.error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining("secret key")]);
});

test.each(["LKAAA0000000000000AA", "LKAAA0000000000000AALKAAA0000000000000AA", "abcDEF0123456789"])(
  "%j may be an access key",
  (text) => {
    expect(keyFilterFormSchema.parse({ ...ALL, search: text }).search).toBe(text);
    expect(searchFormSchema.parse({ by: "access-key", text: ` ${text} ` })).toEqual({ by: "access-key", text });
  },
);

test.each([
  ["", /^Type at least 3 characters/],
  ["LK%", /^This is no part of an access key/],
])("support cannot search for %j", (text, sentence) => {
  const { error } = searchFormSchema.safeParse({ by: "access-key", text });
  expect(error?.issues).toMatchObject([{ path: ["text"], message: expect.stringMatching(sentence) as string }]);
});

test("an e-mail address in the place of an access key is searched for as one", () => {
  const values = { by: "email", text: "ana@example.org" };
  expect(searchFormSchema.parse({ by: "access-key", text: "Ana@Example.org" })).toEqual(values);
});

test("a reason is needed only where the form asks for it", () => {
  expect(disableFormSchema.safeParse({ confirm: "confirm" }).success).toBe(true);
  const missing = disableWithReasonFormSchema.safeParse({ confirm: "confirm", reason: " " });
  expect(missing.error?.issues).toMatchObject([{ path: ["reason"], message: "Say why the access is taken away" }]);
});

test("only the exact word confirms", () => {
  const wrong = ["", "Confirm", "confirm ", "confirmed"].map((confirm) => disableFormSchema.safeParse({ confirm }));
  expect(wrong.map(({ success }) => success)).toEqual([false, false, false, false]);
});

test.each([
  ["2063-04-05", "2063-04-05T00:00:00.000Z"],
  ["2063-04-05T12:30:00+02:00", "2063-04-05T10:30:00.000Z"],
  ["2028-02-29T00:00:00Z", "2028-02-29T00:00:00.000Z"],
])("%s is a date", (text, moment) => {
  expect(new Date(expirationSchema.parse(text)).toISOString()).toBe(moment);
});

test.each([
  ["31 February", "2063-02-31"],
  ["a leap day of another year", "2063-02-29T00:00:00Z"],
  ["a year of five digits", "12063-04-05"],
  ["a year of five digits with its sign", "+012063-04-05T00:00:00Z"],
  ["a date-time without an offset", "2063-04-05T12:30:00"],
  ["another order", "05.04.2063"],
  ["words", "tomorrow"],
  ["an empty text", ""],
])("%s is no date, and the answer shows what one looks like", (_case, text) => {
  const { error } = expirationSchema.safeParse(text);
  expect(error?.issues.map(({ message }) => message)).toEqual([expect.stringContaining("2027-03-31T18:00:00Z")]);
});

describe("a date that a person types in the browser", () => {
  test("is a moment of their time zone, and none when the field is empty", () => {
    const typed = "2063-04-05T12:30";
    expect(enableFormSchema.parse({ expirationDate: typed })).toEqual({
      expirationDate: new Date(typed).toISOString(),
    });
    expect(enableFormSchema.parse({ expirationDate: "" })).toEqual({});
  });

  test("of which a part is missing is refused rather than left out", () => {
    expect(enableFormSchema.safeParse({ expirationDate: "incomplete" }).success).toBe(false);
  });

  test("or the choice Never; neither is refused", () => {
    expect(expirationFormSchema.parse({ never: true, expirationDate: "" })).toEqual({ expirationDate: null });
    const { error } = expirationFormSchema.safeParse({ never: false, expirationDate: "" });
    expect(error?.issues[0]).toMatchObject({ path: ["expirationDate"], message: "Choose a date, or Never" });
  });
});

describe("the name of a named key", () => {
  test.each(["backup host", "Ада", "备份", "a", "é".normalize("NFD"), "ci/cd #2 (nightly)", "x".repeat(60), "📦"])(
    "%j is a name",
    (name) => {
      expect(keyNameSchema.parse(` ${name} `)).toBe(name.normalize());
    },
  );

  test.each([
    ["", "Give the key a name"],
    ["   ", "Give the key a name"],
    ["x".repeat(200), "at most 60"],
    ["a\u0000b", "no invisible characters"],
    ["a\nb", "no invisible characters"],
    ["a\u202eb", "no invisible characters"],
    ["a\u200fb", "no invisible characters"],
    ["a\u200bb", "no invisible characters"],
    ["a\u00a0b", "no invisible characters"],
    ["\u3164", "no invisible characters"],
    ["\u2800", "no invisible characters"],
    ["a\u034f", "no invisible characters"],
    ["a  b", "single spaces"],
    [DEFAULT_SLOT, "taken"],
    ["Default", "taken"],
  ])("%j is none", (name, sentence) => {
    expect(keyNameSchema.safeParse(name).error?.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining(sentence),
    ]);
  });

  test("the mark for a coloured emoji is left out", () => {
    expect(keyNameSchema.parse("a\uFE0F")).toBe("a");
  });

  test("only a key with a name can be read-only", () => {
    const place = { project: "demo", region: "north", requestId: "01a2204e-5a5e-713c-b724-b59991957eb6" };
    expect(enableInputSchema.safeParse({ ...place, access: "read-only" }).success).toBe(false);
    expect(enableInputSchema.safeParse({ ...place, name: "a", access: "read-only" }).success).toBe(true);
  });
});
