import { describe, expect, it } from "vitest";
import { canonicalQuery, decodePercent, encodePath, parseTarget } from "./target";

describe("parseTarget", () => {
  it.each([
    ["/b/a%2Fb", "/b/a/b"],
    ["/b/..%2F..%2Fname", "/b/../../name"],
    ["/b//x/./../y/", "/b//x/./../y/"],
    ["/b/a+b%2B%20", "/b/a+b+ "],
    ["/b/%EF%BB%BFk", "/b/\ufeffk"],
    ["/b/\u00c3\u00bc", "/b/ü"],
  ])("reads the path %s as %s", (raw, path) => {
    expect(parseTarget(raw)?.path).toBe(path);
  });

  it.each(["/b/%", "/b/%2", "/b/%zz", "/b/%ff", "/b/%C0%AF", "/b/%ED%A0%80", "/b?x=%", "http://host/b", "*", ""])(
    "refuses %s",
    (raw) => {
      expect(parseTarget(raw)).toBeUndefined();
    },
  );

  it("keeps the order and duplicates of the query, and knows a plus as a space", () => {
    expect(parseTarget("/?b=2&a&a=1+%2B")?.query).toEqual([
      ["b", "2"],
      ["a", ""],
      ["a", "1 +"],
    ]);
  });
});

it("sorts the canonical query by name and not as joined text", () => {
  expect(
    canonicalQuery([
      ["a-b", "1"],
      ["a", "2"],
      ["a", "1"],
      ["X", ""],
    ]),
  ).toBe("X=&a=1&a=2&a-b=1");
});

it("encodes what SigV4 encodes", () => {
  expect(encodePath("/b/a !'()*~-._ü/+%")).toBe("/b/a%20%21%27%28%29%2A~-._%C3%BC/%2B%25");
  expect(decodePercent(encodePath("/𝄞"), false)).toBe("/𝄞");
});
