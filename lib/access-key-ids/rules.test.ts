import { expect, test } from "vitest";
import { composeAccessKeyId, isOwnAccessKeyId } from "@/lib/access-key-ids/rules";
import { randomText } from "@/lib/platform/crypto/random-text";

test("an id is 20 capital letters and digits, and ours at a glance", () => {
  for (let round = 0; round < 500; round += 1) {
    const id = composeAccessKeyId("Q7Z", randomText);
    expect(id).toMatch(/^LKQ7Z[A-Z0-9]{15}$/);
    expect(isOwnAccessKeyId(id, "Q7Z")).toBe(true);
    expect(isOwnAccessKeyId(id, "Q7Y")).toBe(false);
  }
});

test("one changed character is noticed nearly always", () => {
  const id = composeAccessKeyId("Q7Z", randomText);
  const changed = Array.from({ length: 12 }, (_none, offset) => {
    const at = 5 + offset;
    return id.slice(0, at) + (id[at] === "A" ? "B" : "A") + id.slice(at + 1);
  });
  expect(changed.filter((text) => isOwnAccessKeyId(text, "Q7Z"))).toHaveLength(0);
});
