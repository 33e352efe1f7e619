import { expect, it } from "vitest";
import { headersOfForm } from "../http/post-object";
import { parsePayloadKind } from "./payload";

it.each(["constructor", "__proto__", "toString", "", "STREAMING"])("takes %j for no kind of payload", (value) => {
  expect(parsePayloadKind(value)).toBeUndefined();
});

it.each([
  ["content-type", "a\r\nX: y"],
  ["content-disposition", "\u0001"],
  ["x-amz-meta-a", "x\ny"],
  ["x-amz-meta-a b", "x"],
  ["x-amz-meta-\u00e9", "x"],
])("refuses the form field %j with what no header can hold", (name, value) => {
  expect(() => headersOfForm(new Map([[name, value]]), "host")).toThrow("cannot");
});

it("takes what a header can hold, in bytes", () => {
  const headers = headersOfForm(
    new Map([
      ["x-amz-meta-a", "ü"],
      ["content-type", "text/plain"],
    ]),
    "host",
  );
  expect(headers.get("x-amz-meta-a")).toBe("\u00c3\u00bc");
});
