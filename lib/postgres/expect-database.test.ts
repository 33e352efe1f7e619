import { beforeAll, expect, test } from "vitest";
import { findFreePort } from "@/lib/platform/net/ports";
import { expectDatabase } from "@/lib/postgres/expect-database";
import { startTestDatabase } from "@/testing/database/test-database";

const url = process.env.DATABASE_URL ?? "";

beforeAll(() => startTestDatabase());

function changed(change: (url: URL) => void): string {
  const other = new URL(url);
  change(other);
  return other.href;
}

test("a database that answers is accepted", async () => {
  await expectDatabase(url);
});

test("the error names the setting when nothing listens, at an address and at a host name", async () => {
  const port = String(await findFreePort("127.0.0.1"));
  for (const hostname of ["127.0.0.1", "localhost"]) {
    const closed = changed((other) => Object.assign(other, { hostname, port }));
    await expect(expectDatabase(closed)).rejects.toThrow(
      /^DATABASE_URL must name a database that can be used \(.*ECONNREFUSED/,
    );
  }
});

test("the error names the setting when the database or the password is wrong, and never shows the password", async () => {
  const gone = changed((other) => Object.assign(other, { pathname: "/not-there" }));
  await expect(expectDatabase(gone)).rejects.toThrow(/^DATABASE_URL .*not-there/);
  const failing = expectDatabase(changed((other) => Object.assign(other, { password: "sesame" })));
  await expect(failing).rejects.toThrow(/^DATABASE_URL .*password authentication failed/);
  await expect(failing).rejects.not.toThrow("sesame");
});
