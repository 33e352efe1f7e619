import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { loadPreview } from "@/lib/bulk-revocations/loaders/preview";
import { retryBulkRevocation, startBulkRevocation } from "@/lib/bulk-revocations/mutations";
import { runRegion } from "@/lib/bulk-revocations/run/run-region";
import { settleBulkRevocations } from "@/lib/bulk-revocations/run/settle";
import type { Choice, Seen } from "@/lib/bulk-revocations/schema";
import { type Actor, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { addNamedKey, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

const support = () => makeUser(db, "Sam", { platformRole: "support" });

async function makeScope(): Promise<ProjectScope> {
  const { slug } = await makeProject(db, [[project.mia, "member+"]]);
  return authorizeProject(project.mia, slug, "keys:issue");
}

async function preview(by: Actor, choice: Choice) {
  const found = await loadPreview(by, choice);
  if (!found.ok) throw new Error(found.message);
  return found.preview;
}

async function start(by: Actor, choice: Choice, seen?: Seen) {
  const started = await startBulkRevocation(by, { choice, reason: "leaked", requestId: randomUUID(), seen });
  if (!started.ok) throw new Error(started.message);
  return started;
}

/** What the worker does until nothing waits. */
async function work(): Promise<void> {
  for (const { id } of await db.region.findMany()) await runRegion(id, Date.now() + 60_000);
  await settleBulkRevocations();
}

async function results(id: string): Promise<Record<string, string>> {
  const rows = await db.bulkRevocationKey.findMany({ where: { bulkRevocationId: id }, include: { key: true } });
  return Object.fromEntries(rows.map((row) => [row.key.accessKeyId, row.state]));
}

const eventsOf = (id: string) =>
  db.auditEvent.findMany({
    where: { event: { startsWith: "bulk-revocation" }, data: { path: ["bulkRevocation"], equals: id } },
  });

test("every key of a project ends, in every slot and region, and the audit log says who and why", async () => {
  const sam = await support();
  const first = await project.makeKey();
  const named = await addNamedKey(project.scope, "north", "backup host");
  const south = await makeKey(project.scope, "south");
  const shown = await preview(sam, { project: project.scope.slug });
  expect(shown).toMatchObject({ keys: 3, projectCount: 1, alreadyEnded: 0, unknown: 0 });
  expect(shown.regions).toMatchObject([
    { region: "north", keys: 2 },
    { region: "south", keys: 1 },
  ]);
  const { id, keys } = await start(sam, { project: project.scope.slug }, shown.seen);
  expect(keys).toBe(3);
  await work();
  const ids = [first, named, south].map(({ change }) => change.accessKeyId);
  expect(await results(id)).toEqual(Object.fromEntries(ids.map((accessKeyId) => [accessKeyId, "REVOKED"])));
  expect(await project.ask(first)).toBe("refused-unknown");
  expect(await project.readKeyIds()).toEqual([]);
  expect(await db.bulkRevocation.findUniqueOrThrow({ where: { id } })).toMatchObject({ finishedAt: expect.any(Date) });
  expect((await eventsOf(id)).map(({ event }) => event).toSorted()).toEqual([
    "bulk-revocation.finished",
    "bulk-revocation.started",
  ]);
  const revoking = await db.auditEvent.findMany({ where: { event: "key.revoking", keyId: first.change.keyId } });
  expect(revoking).toMatchObject([{ actorId: sam.userId, data: { cause: "disabled", reason: "leaked" } }]);
});

test("a text gives the keys that are ours, and tells which others have ended, are unknown, mistyped or foreign", async () => {
  const sam = await support();
  const live = await project.makeKey();
  const ended = await makeKey(await makeScope(), "north");
  await db.accessKey.update({ where: { id: ended.change.keyId }, data: { state: "REVOKED", endedAt: new Date() } });
  const removed = await makeKey(await makeScope(), "north");
  await db.accessKey.update({ where: { id: removed.change.keyId }, data: { state: "REVOKING", endedAt: new Date() } });
  const { marker } = await db.installation.findUniqueOrThrow({ where: { id: 1 } });
  const { composeAccessKeyId } = await import("@/lib/access-key-ids/rules");
  const unknown = composeAccessKeyId(marker, (length) => "Q".repeat(length));
  const foreign = composeAccessKeyId(marker === "AAA" ? "BBB" : "AAA", (length) => "Q".repeat(length));
  const mistyped = `${live.change.accessKeyId.slice(0, -1)}${live.change.accessKeyId.endsWith("A") ? "B" : "A"}`;
  const text = `key=${live.change.accessKeyId}; secret=hunter2hunter2 "${ended.change.accessKeyId}", ${unknown} ${mistyped}
    ${removed.change.accessKeyId} ${foreign}
    X${live.change.accessKeyId} ${live.change.accessKeyId}`;
  expect(await preview(sam, { text })).toMatchObject({
    keys: 1,
    alreadyEnded: 1,
    alreadyEndedIds: [ended.change.accessKeyId],
    beingRemoved: 1,
    beingRemovedIds: [removed.change.accessKeyId],
    unknown: 1,
    unknownIds: [unknown],
    mistyped: 1,
    mistypedIds: [mistyped],
    foreign: 1,
    foreignIds: [foreign],
  });
  const { id } = await start(sam, { text });
  await work();
  expect(await results(id)).toEqual({ [live.change.accessKeyId]: "REVOKED" });
  const kept = JSON.stringify(
    [await db.bulkRevocation.findMany(), await db.auditEvent.findMany({ where: { actorId: sam.userId } })],
    (_name, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
  expect(kept).toContain("leaked");
  expect(kept).not.toContain("hunter2");
});

test("the keys of a user are those made by them and those made for them", async () => {
  const sam = await support();
  const rita = await makeUser(db, "Rita");
  const made = await project.makeKey();
  await db.accessKey.update({ where: { id: made.change.keyId }, data: { madeForId: rita.userId } });
  expect(await preview(sam, { user: rita.email })).toMatchObject({ keys: 1 });
  await db.accessKey.update({ where: { id: made.change.keyId }, data: { madeForId: null, createdById: rita.userId } });
  expect(await preview(sam, { user: rita.email })).toMatchObject({ keys: 1 });
});

test("what is not there, or gives no key, is refused with a sentence", async () => {
  const sam = await support();
  const refused = (choice: Choice) => startBulkRevocation(sam, { choice, reason: "r", requestId: randomUUID() });
  expect(await refused({ project: "nowhere" })).toMatchObject({ ok: false, reason: "no-such-project" });
  expect(await refused({ user: "nobody@example.test" })).toMatchObject({ ok: false, reason: "no-such-user" });
  expect(await refused({ region: "nowhere" })).toMatchObject({ ok: false, reason: "no-such-region" });
  expect(await refused({ text: "no key in here" })).toMatchObject({ ok: false, reason: "no-keys" });
});

test("the keys are those of the preview: a later one is left alone, one that has ended since is told", async () => {
  const sam = await support();
  const kept = await project.makeKey();
  const gone = await addNamedKey(project.scope, "north", "gone");
  const choice = { project: project.scope.slug };
  const { seen } = await preview(sam, choice);
  await db.accessKey.update({ where: { id: gone.change.keyId }, data: { state: "REVOKED", endedAt: new Date() } });
  const later = await addNamedKey(project.scope, "north", "later");
  const started = await start(sam, choice, seen);
  expect(started).toMatchObject({ keys: 1, endedSince: 1, madeSince: 1 });
  expect(started.message).toContain("1 key ended since the preview");
  await work();
  expect(await results(started.id)).toEqual({
    [kept.change.accessKeyId]: "REVOKED",
    [gone.change.accessKeyId]: "ALREADY_ENDED",
  });
  expect(await stateOf(later.change.keyId)).toBe("ACTIVE");
});

test("a preview of other keys than those at its time is refused", async () => {
  const sam = await support();
  await project.makeKey();
  const choice = { project: project.scope.slug };
  const { seen } = await preview(sam, choice);
  const other = { ...seen, digest: "0".repeat(64) };
  expect(await startBulkRevocation(sam, { choice, reason: "r", requestId: randomUUID(), seen: other })).toMatchObject({
    ok: false,
    reason: "preview-outdated",
  });
});

test("the same request twice is one bulk revocation; with other values it is refused", async () => {
  const sam = await support();
  await project.makeKey();
  const request = { choice: { project: project.scope.slug }, reason: "leaked", requestId: randomUUID() };
  const first = await startBulkRevocation(sam, request);
  expect(await startBulkRevocation(sam, request)).toMatchObject({ outcome: "already-done", id: first.ok && first.id });
  expect(await startBulkRevocation(sam, { ...request, reason: "other" })).toMatchObject({ reason: "request-reused" });
});

test("who has lost the role starts and retries nothing", async () => {
  const sam = await support();
  await project.makeKey();
  const { id } = await start(sam, { project: project.scope.slug });
  await db.user.update({ where: { id: sam.userId }, data: { platformRole: null } });
  const request = { choice: { project: project.scope.slug }, reason: "r", requestId: randomUUID() };
  await expect(startBulkRevocation(sam, request)).rejects.toMatchObject({ code: "NOT_FOUND" });
  await expect(retryBulkRevocation(sam, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
});
