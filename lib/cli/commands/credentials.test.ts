import { chmod, chown, mkdir, readFile, rm, stat, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { runLatchkeyHere } from "@/testing/latchkey-command";
import { useShortLivedKeys } from "@/testing/factories/short-lived-keys";

const keys = useShortLivedKeys(createApi());
const { run, get, ask, rowOf, countKeys, listCaches, onlyCache, environment } = keys;

describe("a key for some hours", () => {
  test("is made, kept in a private file, and handed out again without a request", async () => {
    const before = Date.now();
    const first = await get();
    expect(Object.keys(first)).toEqual(["Version", "AccessKeyId", "SecretAccessKey", "Expiration"]);
    expect(first.Version).toBe(1);
    expect(await ask(first)).toBe("accepted");
    const row = await rowOf(first);
    expect(row).toMatchObject({ state: "ACTIVE", removeAtExpiration: true, expiresAt: new Date(first.Expiration) });
    expect(row.slot).toMatch(/^\S+ at \S+ [0-9a-f]{8}$/);
    const hours = (Date.parse(first.Expiration) - before) / 3_600_000;
    expect(Math.round(hours)).toBe(8);
    const path = await onlyCache();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(keys.runtime, "latchkey"))).mode & 0o777).toBe(0o700);
    expect(path).not.toContain(keys.token);
    expect(await readFile(path, "utf8")).not.toContain(keys.token);

    keys.requests = [];
    expect(await get()).toEqual(first);
    expect(keys.requests).toEqual([]);
    expect(await listCaches()).toHaveLength(1);
  });

  test("is another one for other hours, another access and another token", async () => {
    const full = await get();
    const short = await get(["--hours", "1"]);
    expect(Math.round((Date.parse(short.Expiration) - Date.now()) / 60_000)).toBe(60);
    const reading = await get(["--access", "read-only"]);
    expect(await rowOf(reading)).toMatchObject({ access: "READ_ONLY" });
    await keys.newToken();
    const other = await get();
    expect(new Set([full, short, reading, other].map(({ AccessKeyId }) => AccessKeyId)).size).toBe(4);
  });

  test("comes as variables for a shell", async () => {
    const first = await get();
    const { printed } = await run(["--output", "env"]);
    expect(printed).toContain(`AWS_ACCESS_KEY_ID=${first.AccessKeyId}\n`);
    expect(printed).toContain("AWS_ENDPOINT_URL_S3=http://");
  });

  test("is not shown on a screen that nobody asked to show it on", async () => {
    const args = ["credentials", "--project", keys.project, "--region", "north"];
    const refused = await runLatchkeyHere(args, { env: environment(), person: true });
    expect(refused).toMatchObject({ code: 2, printed: "" });
    expect(await countKeys()).toBe(0);
    const shown = await runLatchkeyHere([...args, "--show-secret"], { env: environment(), person: true });
    expect(shown.printed).toContain("SecretAccessKey");
  });
});

describe("is refused with a sentence, and nothing is made", () => {
  afterEach(async () => expect(await countKeys()).toBe(0));

  test.each([
    [["--hours", "0"], 2, "whole number from 1 to 24"],
    [["--hours", "25"], 2, "whole number from 1 to 24"],
    [["--hours", "1.5"], 2, "whole number from 1 to 24"],
    [["--region", "nowhere"], 4, "There is no region nowhere."],
    [["--project", "p-unknown"], 4, "not there"],
  ])("%j", async (more, code, sentence) => {
    const refused = await run(more);
    expect(refused).toMatchObject({ code, printed: "" });
    expect(refused.complaint).toContain(sentence);
  });

  test("a place that is not named", async () => {
    const refused = await runLatchkeyHere(["credentials", "--region", "north"], { env: environment() });
    expect(refused).toMatchObject({ code: 2, complaint: expect.stringContaining("Name the project and the region") });
  });

  test("a token that may only read", async () => {
    await keys.newToken("read");
    expect(await run()).toMatchObject({ code: 4, printed: "", complaint: expect.stringContaining("read") });
  });

  test("a token that does not work", async () => {
    keys.token = "lkt_nothing";
    expect(await run()).toMatchObject({ code: 3, printed: "" });
  });

  test("a folder that others can read, a link, and a folder that is missing", async () => {
    const folder = join(keys.runtime, "latchkey");
    await mkdir(folder, { mode: 0o755 });
    await chmod(folder, 0o755);
    expect((await run()).complaint).toContain("can be read by others");
    await rm(folder, { recursive: true });
    await symlink(tmpdir(), folder);
    expect((await run()).complaint).toContain("is a link");
    expect((await run([], { XDG_RUNTIME_DIR: join(keys.runtime, "no/where") })).complaint).toContain("cannot be made");
  });

  test.runIf(process.getuid?.() === 0)("a folder of another person", async () => {
    const folder = join(keys.runtime, "latchkey-0");
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, 65_534, 65_534);
    const refused = await run([], { XDG_RUNTIME_DIR: "", TMPDIR: keys.runtime });
    expect(refused).toMatchObject({ code: 2, complaint: expect.stringContaining("belongs to another person") });
  });
});
