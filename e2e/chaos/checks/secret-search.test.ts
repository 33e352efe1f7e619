import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { searchFolder } from "./check-secrets";
import { SECRET } from "./example-run";
import { searchFor } from "./secret-search";

test("a secret is found in every form in which a program may store it", () => {
  const search = searchFor([SECRET]);
  const hash = (name: string) => createHash(name).update(SECRET).digest();
  const forms = {
    plain: `key=${SECRET};`,
    inside: `abc${SECRET}def`,
    bytea: `\\x${Buffer.from(SECRET).toString("hex")}`,
    "bytea of a sentence": `\\x${Buffer.from(`it is ${SECRET}.`).toString("hex")}`,
    "upper-case hex": Buffer.from(SECRET).toString("hex").toUpperCase(),
    ...Object.fromEntries(
      ["", "a", "ab"].map((lead) => [
        `base64 after ${lead.length}`,
        Buffer.from(`{"${lead}":"${SECRET}"}`).toString("base64"),
      ]),
    ),
    ...Object.fromEntries(
      ["sha256", "sha1", "md5"].flatMap((name) => [
        [`${name} bytea`, `(\\x${hash(name).toString("hex")},1)`],
        [`${name} upper-case`, hash(name).toString("hex").toUpperCase()],
        [`${name} base64`, `"${hash(name).toString("base64")}"`],
        [`${name} base64url`, `"${hash(name).toString("base64url")}"`],
      ]),
    ),
  };
  const missed = Object.entries(forms).filter(([, text]) => search(`before ${text} after`).size !== 1);
  expect(missed).toEqual([]);
  expect(search(`${"A".repeat(80)} ${SECRET.slice(1)} ${hash("sha256").toString("hex").slice(1)}`).size).toBe(0);
});

test("of a token, only the SHA-256 may stand anywhere", () => {
  const token = `lkt_${"t0k3n".repeat(9)}`;
  const search = searchFor([SECRET], [token]);
  const count = (text: string) => search(`before ${text} after`).size;
  expect(count(`\\x${createHash("sha256").update(token).digest("hex")}`)).toBe(0);
  const others = [token, `Bearer ${token}`, Buffer.from(token).toString("base64")];
  for (const text of [...others, createHash("sha1").update(token).digest("hex")]) expect(count(text), text).toBe(1);
  expect(count(createHash("sha256").update(SECRET).digest("hex"))).toBe(1);
});

test("a secret is found anywhere in a large file", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-search-"));
  try {
    const large = Buffer.alloc(34 * 1024 * 1024);
    large.write(SECRET, 32 * 1024 * 1024 - 17);
    writeFileSync(join(folder, "large"), large);
    writeFileSync(join(folder, "small"), "nothing");
    const found = searchFolder(folder, () => searchFor([SECRET]));
    expect(found).toEqual([{ kind: "secret", what: `${join(folder, "large")} holds 1 secrets` }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
