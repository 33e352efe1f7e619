import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { chainEvents } from "@/lib/audit-log/mutations";
import { recordEvent } from "@/lib/audit/record";
import { readLines } from "@/lib/cli/audit/read-lines";
import { verifyExport, type Verdict } from "@/lib/cli/audit/verify-export";
import { EXIT } from "@/lib/cli/failure";
import type { Actor } from "@/lib/gate/scope";
import { deriveSigningKey } from "@/lib/platform/crypto/sign";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeToken } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const SEED = 20_261_128;
const RUNS = 150;
const ODD_NAMES = ["Zoë 🗝️", "\u202Eevil", "a\u200Bb", '=HYPERLINK("http://x")', "plain", "ﷺ", 'quote"back\\slash'];

const folder = mkdtempSync(join(tmpdir(), "latchkey-audit-"));
let portal: Awaited<ReturnType<typeof serveApp>>;
let paula: Actor;
let ada: Actor;
let project: { id: string; slug: string };
let whole: string[];
let filtered: string[];

beforeAll(async () => {
  await startTestDatabase();
  portal = await serveApp(createApi());
  paula = await makeUser(db, "Paula", { platformRole: "platform-admin" });
  ada = await makeUser(db, "Ada");
  project = await makeProject(db, [[ada, "admin"]]);
  for (let round = 0; round < 4; round += 1) {
    for (const name of ODD_NAMES)
      await withTransaction((tx) =>
        recordEvent(tx, {
          ...{ event: "project.changed", outcome: "done", actor: { userId: ada.userId, name } },
          ...(name.length % 2 === 0 ? { projectId: project.id } : {}),
          data: { slug: project.slug, name },
        }),
      );
    await chainEvents(5);
  }
  whole = await exportLines(paula, []);
  filtered = await exportLines(ada, ["--project", project.slug]);
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function run(person: Actor, args: string[]) {
  const env = { LATCHKEY_URL: portal.url, LATCHKEY_TOKEN: await makeToken(db, person) };
  return runLatchkeyHere(["audit", ...args], { env });
}

async function exportLines(person: Actor, args: string[]): Promise<string[]> {
  const file = join(folder, randomUUID());
  const { code, complaint } = await run(person, ["export", file, ...args]);
  expect(code, complaint).toBe(EXIT.done);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  return readFileSync(file, "utf8").split(/(?<=\n)/);
}

function write(content: string | Buffer): string {
  const file = join(folder, "changed");
  writeFileSync(file, content);
  return file;
}

const verify = (content: string | Buffer, keys: string[] = []): Promise<Verdict> =>
  verifyExport(readLines(write(content)), keys);

interface AnyLine {
  type: string;
  sequence: number;
  keys: { publicKey: string }[];
}
const parse = (line: string | undefined) => JSON.parse(line ?? "") as AnyLine;
const isRow = (line: string) => line.startsWith('{"type":"row"');
const rowsOf = (lines: string[]) => lines.flatMap((line, index) => (isRow(line) ? [index] : []));

test("an export is proved whole, and a filtered one tells that rows are left out", async () => {
  expect(rowsOf(whole).map((index) => parse(whole[index]).sequence)).toEqual(rowsOf(whole).map((_row, at) => at + 1));
  const file = write(whole.join(""));
  const { printed, code } = await runLatchkeyHere(["audit", "verify", file]);
  expect([code, printed]).toEqual([EXIT.done, expect.stringMatching(/the whole of the audit log[^]*signed up to row/)]);
  expect(printed).toContain("--public-key");
  const other = await runLatchkeyHere(["audit", "verify", write(filtered.join(""))]);
  expect(other.printed).toMatch(/Filtered: at [1-9]\d* places/);
});

test("the portal's own key proves the file, and another key does not", async () => {
  const { keys } = parse(whole[0]);
  const file = write(whole.join(""));
  const proved = await runLatchkeyHere(["audit", "verify", file, "--public-key", keys[0]?.publicKey ?? ""]);
  expect([proved.code, proved.printed.includes("--public-key")]).toEqual([EXIT.done, false]);
  const { publicKey } = deriveSigningKey(Buffer.alloc(32, 7), "another");
  const refused = await runLatchkeyHere(["audit", "verify", file, "--public-key", publicKey]);
  expect([refused.code, refused.complaint]).toEqual([EXIT.damaged, expect.stringContaining("signature")]);
  expect((await runLatchkeyHere(["audit", "verify", file, "--public-key", "none"])).code).toBe(EXIT.usage);
});

const exportsToTry = () => fc.constantFrom(whole, filtered);
const check = (property: fc.IAsyncProperty<unknown[]>) => fc.assert(property, { seed: SEED, numRuns: RUNS });

test("a byte that was flipped anywhere is named by its line, or the file is not the signed one", async () => {
  await check(
    fc.asyncProperty(
      exportsToTry(),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.integer({ min: 1, max: 255 }),
      async (lines, place, mask) => {
        const bytes = Buffer.from(lines.join(""));
        const at = Math.floor(place * bytes.length);
        const line = bytes.subarray(0, at).filter((byte) => byte === 10).length + 1;
        bytes[at] = (bytes[at] ?? 0) ^ mask;
        const verdict = await verify(bytes);
        // A header has nothing that tells of the byte but the signature of the whole file.
        const named = verdict.ok || verdict.fault.kind !== "not-signed" ? line : lines.length;
        expect([named === line || line === 1, verdict]).toEqual([
          true,
          { ok: false, fault: expect.objectContaining({ line: named }) as unknown },
        ]);
      },
    ),
  );
});

test("a row that was dropped, moved or doubled is named by its number", async () => {
  const place = fc.nat();
  await check(
    fc.asyncProperty(
      exportsToTry(),
      place,
      place,
      fc.constantFrom("drop", "swap", "double"),
      async (lines, one, other, kind) => {
        const rows = rowsOf(lines);
        const first = rows[one % rows.length] ?? 0;
        const second = rows[other % rows.length] ?? 0;
        fc.pre(kind !== "swap" || first !== second);
        const changed = [...lines];
        if (kind === "drop") changed.splice(first, 1);
        if (kind === "double") changed.splice(second, 0, lines[first] ?? "");
        if (kind === "swap") [changed[first], changed[second]] = [lines[second] ?? "", lines[first] ?? ""];
        const verdict = await verify(changed.join(""));
        const sequence = parse(lines[kind === "swap" ? Math.min(first, second) : first]).sequence;
        const name = { drop: "dropped", swap: "reordered", double: "doubled" }[kind];
        const isLastOfFiltered =
          kind === "drop" && lines === filtered && first === rows.at(-1) && isEnd(lines[first + 1]);
        const fault: unknown = expect.objectContaining(isLastOfFiltered ? { kind: name } : { kind: name, sequence });
        expect(verdict).toEqual({ ok: false, fault });
      },
    ),
  );
});

const isEnd = (line: string | undefined) => line?.startsWith('{"type":"end"') ?? false;

test.each([
  ["the end", () => whole.slice(0, -1).join(""), /cut off/],
  ["half of the last line", () => whole.join("").slice(0, -40), /cut off/],
  ["everything", () => "", /cut off/],
])("a file without %s is cut off", async (_what, content, sentence) => {
  const { code, complaint } = await runLatchkeyHere(["audit", "verify", write(content())]);
  expect([code, complaint]).toEqual([EXIT.damaged, expect.stringMatching(sentence)]);
});

test("a checkpoint that was removed, and a row whose hash was computed again, are not what the portal signed", async () => {
  const without = whole.filter((line) => !line.startsWith('{"type":"checkpoint"'));
  expect(await verify(without.join(""))).toMatchObject({ ok: false, fault: { kind: "not-signed" } });
});

test("a file that exists is not written over, and whoever may not read the log gets no file", async () => {
  const file = write("mine");
  expect((await run(paula, ["export", file])).code).toBe(EXIT.usage);
  expect(readFileSync(file, "utf8")).toBe("mine");
  expect((await run(ada, ["export", join(folder, "none")])).code).toBe(EXIT.notAllowed);
  expect((await run(paula, ["export", join(folder, "none"), "--event", "no.such"])).code).toBe(EXIT.usage);
  expect((await runLatchkeyHere(["audit", "verify", join(folder, "none")])).code).toBe(EXIT.usage);
});
