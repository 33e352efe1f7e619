import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { sweepPrincipal } from "@/lib/access-keys/repair/sweep";
import { settleOperation } from "@/lib/access-keys/repair/undo";
import { revokeKey } from "@/lib/access-keys/revoke/revoke";
import { enqueueSettling } from "@/lib/operations/mutations";
import { db } from "@/lib/platform/db/client";
import { withTransaction } from "@/lib/platform/db/transaction";
import { asIssued } from "@/testing/factories/keys";
import { letTimePass, stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

/** What the jobs that settle an operation wait for. */
async function jobsOf(operationId: string): Promise<string[]> {
  const jobs = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM pgboss.job WHERE starts_with(singleton_key, ${operationId}) AND state < 'completed'`;
  return jobs.map(({ name }) => name);
}

describe("undelivered", () => {
  test("a pair that nobody acknowledged is undone, and the old one works on", async () => {
    const old = await project.makeKey();
    const { change, secret } = asIssued(await project.regenerate());
    await settleOperation(change.operationId);
    expect(await project.ask({ change, secret })).toBe("accepted");
    await letTimePass(change.operationId);
    expect(await commitKey(project.scope, change.operationId)).toMatchObject({ ok: false, reason: "undelivered" });
    await settleOperation(change.operationId);
    expect(await project.ask({ change, secret })).toBe("refused-unknown");
    expect(await project.ask(old)).toBe("accepted");
    expect(await stateOf(change.keyId)).toBe("FAILED");
    expect(await commitKey(project.scope, change.operationId)).toMatchObject({ ok: false, reason: "undelivered" });
  });

  test("the next change undoes one that is overdue first", async () => {
    const { change } = asIssued(await project.enable());
    await letTimePass(change.operationId);
    const next = asIssued(await project.enable());
    expect(await stateOf(change.keyId)).toBe("FAILED");
    expect(await project.readKeyIds()).toEqual([next.change.accessKeyId]);
  });
});

describe("a storage system that fails", () => {
  const isPut = (method: string, path: string) => method === "PUT" && path.includes("/keys/");

  test.each([
    ["breaks off before it did it", { when: "before", what: "drop" }],
    ["breaks off after it did it", { when: "after", what: "drop" }],
    ["answers garbage after it did it", { when: "after", what: "garbage" }],
    ["answers 500 after it did it", { when: "after", what: "error" }],
  ] as const)("%s: nothing is left of the pair, and the next try works", async (_name, fault) => {
    const injected = project.storage.admin.inject({ match: isPut, ...fault, times: 1 });
    expect(await project.enable()).toMatchObject({ ok: false, reason: "storage-failed" });
    injected.release();
    expect(await project.readKeyIds()).toEqual([]);
    await project.makeKey();
  });

  test("one that breaks before a pair was asked for has nothing to undo", async () => {
    const broken = project.storage.admin.inject({ match: () => true, when: "before", what: "drop" });
    expect(await project.enable()).toMatchObject({
      ok: false,
      reason: "storage-failed",
      message: expect.stringContaining("Nothing was changed"),
    });
    broken.release();
    expect(await db.operation.count({ where: { projectId: project.scope.projectId, state: "FAILED" } })).toBe(1);
  });

  test("the undo that fails too is finished by the worker's job", async () => {
    const old = await project.makeKey();
    const put = project.storage.admin.inject({ match: isPut, when: "after", what: "drop" });
    const remove = project.storage.admin.inject({
      match: (method) => method === "DELETE",
      when: "before",
      what: "error",
    });
    const failed = await project.regenerate();
    expect(failed).toMatchObject({
      ok: false,
      reason: "storage-unsettled",
      message: expect.stringContaining("still work"),
    });
    expect(await project.readKeyIds()).toHaveLength(2);
    put.release();
    remove.release();
    const open = await db.operation.findFirstOrThrow({
      where: { projectId: project.scope.projectId, state: "UNDOING" },
    });
    await settleOperation(open.id);
    expect(await project.readKeyIds()).toEqual([old.change.accessKeyId]);
  });

  test("one that stays away leaves one job for each thing to finish, however often it is tried", async () => {
    const { change } = asIssued(await project.enable());
    await letTimePass(change.operationId);
    const away = project.storage.admin.inject({ match: () => true, when: "before", what: "drop" });
    for (let round = 0; round < 6; round += 1) {
      expect(await settleOperation(change.operationId)).toBe("unproven");
      expect(await project.enable()).toMatchObject({ ok: false, reason: "storage-unsettled" });
      await withTransaction((tx) => enqueueSettling(tx, change.operationId));
    }
    expect(await jobsOf(change.operationId)).toEqual(["settle-operation"]);
    away.release();
    expect(await settleOperation(change.operationId)).toBe("settled");
  });

  test("a removal that fails leaves the key REVOKING until it is proved", async () => {
    const { change, secret } = await project.makeKey();
    const broken = project.storage.admin.inject({
      match: (method) => method === "DELETE",
      when: "before",
      what: "garbage",
    });
    const patches = project.storage.admin.inject({
      match: (method) => method === "PATCH",
      when: "before",
      what: "error",
    });
    const disabled = await project.disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    await expect(revokeKey(change.keyId)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await stateOf(change.keyId)).toBe("REVOKING");
    expect(await project.ask({ change, secret })).toBe("accepted");
    broken.release();
    patches.release();
    await revokeKey(change.keyId);
    expect(await stateOf(change.keyId)).toBe("REVOKED");
    expect(await project.ask({ change, secret })).toBe("refused-unknown");
  });

  test("a write that lands after its key was undone is swept", async () => {
    const { change } = asIssued(await project.enable());
    await letTimePass(change.operationId);
    await settleOperation(change.operationId);
    await project.storage.putKeyDirectly("north", project.principal, change.accessKeyId, "s".repeat(40));
    await sweepPrincipal(change.principal.id);
    expect(await project.readKeyIds()).toEqual([]);
    expect(await db.auditEvent.count({ where: { keyId: change.keyId, event: "key.late-removed" } })).toBe(1);
  });

  test("a write that lands after its key was removed is swept, also while a gateway is still measured", async () => {
    const { change } = await project.makeKey();
    await project.disableFully();
    await project.storage.putKeyDirectly("north", project.principal, change.accessKeyId, "s".repeat(40));
    await db.accessKey.update({ where: { id: change.keyId }, data: { state: "REVOKING" } });
    await sweepPrincipal(change.principal.id);
    expect(await project.readKeyIds()).toEqual([]);
  });

  test("a key whose removal has not begun is not swept", async () => {
    const { change } = await project.makeKey();
    await project.disable();
    await sweepPrincipal(change.principal.id);
    expect(await project.readKeyIds()).toEqual([change.accessKeyId]);
    expect(await db.auditEvent.count({ where: { keyId: change.keyId, event: "key.late-removed" } })).toBe(0);
  });

  test("a key with our mark that the portal does not know is reported once and left alone", async () => {
    const { change } = await project.makeKey();
    const { marker } = await db.installation.findFirstOrThrow();
    const { composeAccessKeyId } = await import("@/lib/access-key-ids/rules");
    const stray = composeAccessKeyId(marker, (length) => "X".repeat(length));
    await project.storage.putKeyDirectly("north", project.principal, stray, "s".repeat(40));
    await sweepPrincipal(change.principal.id);
    await sweepPrincipal(change.principal.id);
    expect(await project.readKeyIds()).toContain(stray);
    const where = { projectId: project.scope.projectId, event: "key.unknown-found" };
    expect(await db.auditEvent.count({ where })).toBe(1);
  });

  test("a half answer to the list removes nothing and reports nothing", async () => {
    const { change } = await project.makeKey();
    const half = project.storage.admin.inject({ match: (method) => method === "GET", when: "before", what: "garbage" });
    await expect(sweepPrincipal(change.principal.id)).rejects.toMatchObject({ name: "ProviderError" });
    half.release();
    const where = { projectId: project.scope.projectId, event: "key.missing-found" };
    expect(await db.auditEvent.count({ where })).toBe(0);
  });

  test("one that is slow past the deadline leaves nothing behind", async () => {
    const slow = project.storage.admin.inject({ match: isPut, when: "after", what: "hold", times: 1 });
    const outcome = await project.enable();
    expect(outcome).toMatchObject({ ok: false, reason: "storage-failed" });
    slow.release();
    await pause(0);
    expect(await project.readKeyIds()).toEqual([]);
  });
});
