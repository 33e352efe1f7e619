import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { adjustKey } from "@/lib/access-keys/lifecycle/adjust";
import { disableAccess, dryRunDisable } from "@/lib/access-keys/revoke/disable";
import { DEFAULT_SLOT } from "@/lib/access-keys/rules";
import { authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { asIssued, type Issued, requestKey } from "@/testing/factories/keys";
import { makeUser } from "@/testing/factories/people";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

async function openAsSupport(): Promise<ProjectScope> {
  const sam = await makeUser(db, `Sam ${randomUUID()}`, { platformRole: "support" });
  return authorizeProject(sam, project.scope.slug, "keys:disable");
}

async function replaceKey(overlapSeconds: number | null = null): Promise<Issued> {
  const request = [project.scope, "north", "REGENERATE", randomUUID(), null, overlapSeconds] as const;
  const issued = asIssued(await requestKey(...request));
  await commitKey(project.scope, issued.change.operationId);
  return issued;
}

const meant = (scope: ProjectScope, { change }: Issued, requestId: string = randomUUID()) => ({
  scope,
  region: "north",
  slot: DEFAULT_SLOT,
  requestId,
  accessKeyId: change.accessKeyId,
});
const disable = (scope: ProjectScope, issued: Issued) => disableAccess({ ...meant(scope, issued), reason: "leaked" });
const deactivate = (scope: ProjectScope, issued: Issued) =>
  adjustKey({ ...meant(scope, issued), adjustment: { kind: "DEACTIVATE", reason: "leaked" } });

test.each([
  ["replaced", null],
  ["replaced with an overlap", 3_600],
])(
  "a key that was %s in the meantime is neither disabled nor deactivated, and nothing changes",
  async (_how, overlap) => {
    const support = await openAsSupport();
    const old = await project.makeKey();
    const next = await replaceKey(overlap);
    const before = await stateOf(old.change.keyId);
    const operations = await db.operation.count({ where: { projectId: project.scope.projectId } });
    const refused = {
      ok: false,
      reason: "not-current",
      message: expect.stringContaining("Nothing was changed") as string,
    };
    expect(await disable(support, old)).toEqual(refused);
    expect(await dryRunDisable({ ...meant(support, old), reason: "leaked" })).toEqual(refused);
    expect(await deactivate(support, old)).toEqual(refused);
    expect([await stateOf(old.change.keyId), await stateOf(next.change.keyId)]).toEqual([before, "ACTIVE"]);
    expect(await db.operation.count({ where: { projectId: project.scope.projectId } })).toBe(operations);
    expect(await project.ask(next)).toBe("accepted");
  },
);

test("the current key is deactivated and disabled, and the old key of its overlap ends with it", async () => {
  const support = await openAsSupport();
  const old = await project.makeKey();
  const next = await replaceKey(3_600);
  expect(await deactivate(support, next)).toMatchObject({ ok: true, outcome: "done" });
  expect(await stateOf(next.change.keyId)).toBe("INACTIVE");
  const disabled = await disable(support, next);
  expect(disabled).toMatchObject({ ok: true, outcome: "revoking" });
  expect(disabled.ok && disabled.outcome === "revoking" ? disabled.accessKeyIds.toSorted() : []).toEqual(
    [old.change.accessKeyId, next.change.accessKeyId].sort(),
  );
});

test("a request id that named another key is another change", async () => {
  const support = await openAsSupport();
  const key = await project.makeKey();
  const requestId = randomUUID();
  const request = { ...meant(support, key, requestId), reason: "leaked" };
  expect(await disableAccess(request)).toMatchObject({ ok: true, outcome: "revoking" });
  expect(await disableAccess(request)).toMatchObject({ ok: true, outcome: "already-done" });
  const { accessKeyId } = request;
  for (const other of [
    { accessKeyId: "LKAAA0000000000000AB" },
    { accessKeyId: undefined },
    { accessKeyId: undefined, onlyKey: accessKeyId },
  ]) {
    expect(await disableAccess({ ...request, ...other })).toMatchObject({ reason: "request-reused" });
  }
});
