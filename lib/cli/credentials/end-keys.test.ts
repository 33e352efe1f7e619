import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { createApi } from "@/lib/api/app";
import { runLatchkeyHere } from "@/testing/latchkey-command";
import { type Credentials, useShortLivedKeys } from "@/testing/factories/short-lived-keys";

const keys = useShortLivedKeys(createApi());
const { run, get, rowOf, listCaches, letLast } = keys;

describe("to forget", () => {
  test("ends the keys of the token with a receipt, the one before too, and removes their file", async () => {
    const first = await get();
    await letLast(19);
    const second = await get();
    const forgotten = await run(["--forget"]);
    expect(forgotten.complaint).toContain(`The end of ${first.AccessKeyId} and ${second.AccessKeyId} is decided.`);
    expect(await listCaches()).toEqual([]);
    for (const key of [first, second]) {
      await revokeKey((await rowOf(key)).id);
      expect(await rowOf(key)).toMatchObject({
        state: "REVOKED",
        endedById: keys.mia.userId,
        receipts: [{ firstRefusedAt: expect.any(Date) }],
      });
    }
    expect((await run(["--forget"])).complaint).toContain("No key of this command works here.");
  });

  test("leaves the keys of other regions and of other tokens", async () => {
    const first = await get();
    const { printed } = await run(["--region", "south"]);
    const south = JSON.parse(printed) as Credentials;
    const mine = keys.token;
    await keys.newToken();
    const other = await get();
    keys.token = mine;
    await run(["--forget"]);
    const states = await Promise.all([first, south, other].map(async (key) => (await rowOf(key)).state));
    expect(states.map((state) => state === "ACTIVE")).toEqual([false, true, true]);
  });

  test("keeps the file when the portal does not end the key", async () => {
    const first = await get();
    keys.intercept = async () => new Response("", { status: 503 });
    expect((await run(["--forget"])).code).toBe(6);
    keys.intercept = undefined;
    expect(await get()).toEqual(first);
  });

  test("is done by logout too", async () => {
    const config = join(keys.runtime, "profiles.json");
    await writeFile(
      config,
      JSON.stringify({ profiles: { default: { url: keys.portal.url, token: keys.token, project: keys.project } } }),
      {
        mode: 0o600,
      },
    );
    const env = { XDG_RUNTIME_DIR: keys.runtime, LATCHKEY_CONFIG: config };
    const made = await runLatchkeyHere(["credentials", "--region", "north"], { env });
    const key = JSON.parse(made.printed) as Credentials;
    const left = await runLatchkeyHere(["logout"], { env });
    expect(left.complaint).toContain(`The end of ${key.AccessKeyId} is decided.
The token is revoked.`);
    expect((await rowOf(key)).state).toMatch(/^REVOK(ING|ED)$/);
    expect(await listCaches()).toEqual([]);
  });
});
