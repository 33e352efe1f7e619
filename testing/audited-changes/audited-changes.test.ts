import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findUnaudited } from "@/testing/audited-changes/find-unaudited";

/** Transactions that record no event, and why. Each is the function that opens the transaction. */
const EXCEPTIONS: Record<string, string> = {
  "lib/audit-log/mutations.ts: chainEvents": "puts events into the chain",
  "lib/principals/mutations.ts: tryToTakeLease":
    "a lease changes nothing by itself; `begin` writes ahead in its transaction",
  "lib/principals/mutations.ts: noteSuspension": "the event of the disabled key tells of it",
  "lib/access-keys/lifecycle/carry-out.ts: carryOutAdjustment": "notes that the work goes on; its end is recorded",
  "lib/access-keys/repair/undo.ts: settleOperation": "notes that the work goes on; key.undone is recorded at its end",
  "lib/access-keys/revoke/revoke.ts: deleteOrResume": "opens the measurement between key.revoking and key.revoked",
  "lib/access-keys/issue/deliver.ts: markIssued": "a step between key.requested and key.committed",
  "lib/access-keys/repair/note-uses.ts: noteUses": "when a key was last used, as the storage system tells it",
  "lib/access-keys/revoke/record-removals.ts: recordRemovals": "a step between key.revoking and key.revoked",
  "lib/regions/administration/resume-rotation.ts: claimOpen": "says which process goes on; the end is recorded",
  "lib/usage/mutations.ts: noteAllFigures": "says that figures are to be collected",
  "lib/usage/mutations.ts: askForFigures": "says that figures are to be collected soon",
  "lib/usage/mutations.ts: save": "what a project stores, as the storage system tells it",
  "lib/receipts/data.ts: noteRefused": "a measurement between key.revoking and key.revoked",
};

const ROOT = join(import.meta.dirname, "../..");
const MODELS = readModels();

function readModels(): ReadonlySet<string> {
  const folder = join(ROOT, "prisma/models");
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  const names = [...text.join("\n").matchAll(/^model (\w)(\w*) \{/gm)];
  return new Set(names.map(([, first = "", rest = ""]) => first.toLowerCase() + rest));
}

function readSources(): Map<string, string> {
  const paths = ["lib", "prisma"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const shipped = paths.filter((path) => /(?<!\.test|\.d)\.tsx?$/.test(path) && !path.startsWith("prisma/generated/"));
  return new Map(shipped.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}

test("whoever opens a transaction that writes records an event in it, or is a named exception", () => {
  const found = findUnaudited(readSources(), MODELS);
  expect(found.filter(({ where }) => !Object.hasOwn(EXCEPTIONS, where))).toEqual([]);
});

const SAMPLE = `
import { recordEvent } from "@/lib/audit/record";
import { writeRow } from "@/lib/rows/data";
export async function rename(tx: Transaction) { await tx.user.update({ where, data }); }
export const renameAll = () => withTransaction(async (tx) => { await rename(tx); });
export async function disable() { return changeInstallation(actor, "x", (tx) => tx.user.updateMany({ data })); }
export async function store() { await withTransaction(writeRow); }
export async function take() { await withLease(id, who, { begin: (tx) => writeRow(tx) }, work); }
export async function readOnly() { return withTransaction((tx) => tx.user.findMany()); }
async function renameAndTell(tx: Transaction) { await rename(tx); await recordEvent(tx, entry); }
export async function audited() { await withTransaction(async (tx) => { await renameAndTell(tx); }); }
export async function elsewhere() { await recordEvent(tx, entry); await withTransaction((tx) => rename(tx)); }
`;
const DATA = "export const writeRow = async (tx: Transaction) => { await tx.region.createMany({ data }); };";

test("a sample: writes of the function itself, of callees, and of other files; reads and audited changes are left out", () => {
  const sources = new Map([
    ["lib/users/mutations.ts", SAMPLE],
    ["lib/rows/data.ts", DATA],
  ]);
  expect(findUnaudited(sources, MODELS).map(({ where, writes }) => `${where} ${writes}`)).toEqual([
    "lib/users/mutations.ts: renameAll user",
    "lib/users/mutations.ts: disable user",
    "lib/users/mutations.ts: store region",
    "lib/users/mutations.ts: take region",
    "lib/users/mutations.ts: elsewhere user",
  ]);
});

test("every exception is still needed", () => {
  const found = new Set(findUnaudited(readSources(), MODELS).map(({ where }) => where));
  expect(Object.keys(EXCEPTIONS).filter((where) => !found.has(where))).toEqual([]);
});
