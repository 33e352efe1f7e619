import { Client } from "pg";
import { beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { db } from "@/lib/platform/db/client";

beforeAll(startTestDatabase);

test("the process's client reaches a migrated, empty database of this file alone", async () => {
  expect(await db.user.count()).toBe(0);
});

test("the application's role is a plain one", async () => {
  const client = new Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query(
      "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user",
    );
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: true }]);
    await expect(client.query("SELECT pg_read_file('/etc/passwd')")).rejects.toThrow("permission denied");
    await expect(client.query("COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toThrow("permission denied");
  } finally {
    await client.end();
  }
});
