import { describe, expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { asIssued } from "@/testing/factories/keys";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

const operationOf = (id: string) => db.operation.findUniqueOrThrow({ where: { id } });

describe("enable, regenerate, disable", () => {
  test("the pair works once it is issued, and is current once acknowledged", async () => {
    const { change, secret } = asIssued(await project.enable());
    expect(await project.ask({ change, secret })).toBe("accepted");
    expect(await stateOf(change.keyId)).toBe("ISSUED");
    expect(await commitKey(project.scope, change.operationId)).toEqual({ ok: true, revoking: [] });
    expect(await stateOf(change.keyId)).toBe("ACTIVE");
    expect((await operationOf(change.operationId)).state).toBe("DONE");
  });

  test("the old pair works until the new one is acknowledged, and is refused after", async () => {
    const old = await project.makeKey();
    const fresh = asIssued(await project.regenerate());
    expect(await project.ask(old)).toBe("accepted");
    const acknowledged = await commitKey(project.scope, fresh.change.operationId);
    expect(acknowledged).toEqual({ ok: true, revoking: [old.change.keyId] });
    await startRevocation([old.change.keyId]);
    expect(await project.ask(old)).toBe("refused-unknown");
    expect(await project.ask(fresh)).toBe("accepted");
    expect(await stateOf(old.change.keyId)).toBe("REVOKED");
    const [receipt] = await db.receipt.findMany({ where: { keyId: old.change.keyId } });
    expect(receipt?.firstRefusedAt).toBeInstanceOf(Date);
  });

  test("disable ends the pair, and enabling again gives another", async () => {
    const first = await project.makeKey();
    const disabled = await project.disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    expect(disabled.revoking).toEqual([first.change.keyId]);
    await startRevocation(disabled.revoking);
    expect(await project.ask(first)).toBe("refused-unknown");
    const second = await project.makeKey();
    expect(second.change.accessKeyId).not.toBe(first.change.accessKeyId);
    expect(await project.readKeyIds()).toEqual([second.change.accessKeyId]);
  });

  test("the acknowledgement can be repeated", async () => {
    const { change } = asIssued(await project.enable());
    await commitKey(project.scope, change.operationId);
    expect(await commitKey(project.scope, change.operationId)).toEqual({ ok: true, revoking: [] });
  });

  test("another person cannot acknowledge", async () => {
    const { change } = asIssued(await project.enable());
    const other = await authorizeProject(project.max, project.scope.slug, "keys:issue");
    await expect(commitKey(other, change.operationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test.each([
    ["enable when enabled", () => project.enable(), "already-enabled"],
    ["regenerate with nothing there", async () => (await project.disable(), project.regenerate()), "not-enabled"],
  ] as const)("%s is refused", async (_name, change, reason) => {
    await project.makeKey();
    expect(await change()).toMatchObject({ ok: false, reason });
  });

  test("a role that was taken away since the gate looked is refused, and nothing is made", async () => {
    await db.membership.update({
      where: { projectId_userId: { projectId: project.scope.projectId, userId: project.mia.userId } },
      data: { role: "member" },
    });
    await expect(project.enable()).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await project.readKeyIds()).toEqual([]);
  });
});
