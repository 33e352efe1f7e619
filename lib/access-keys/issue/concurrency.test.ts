import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import type { IssueOutcome } from "@/lib/access-keys/issue/issue-key";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { authorizeProject } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { lockRow } from "@/lib/platform/db/locks";
import { withTransaction } from "@/lib/platform/db/transaction";
import { asIssued, requestKey } from "@/testing/factories/keys";
import { stateOf, useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

/** How many statements wait for a lock. */
async function countWaiting(): Promise<number> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return rows.length;
}

describe("at the same time", () => {
  test("the same request id twice is one change", async () => {
    const requestId = randomUUID();
    const outcomes = await Promise.all([
      project.enable(project.scope, requestId),
      project.enable(project.scope, requestId),
    ]);
    expect(outcomes.filter((outcome) => outcome.ok && outcome.outcome === "issued")).toHaveLength(1);
    expect(await db.accessKey.count({ where: { projectId: project.scope.projectId } })).toBe(1);
    expect(await project.enable(project.scope, requestId)).toMatchObject({ ok: false, reason: "unconfirmed" });
    const issued = outcomes.find((outcome) => outcome.ok && outcome.outcome === "issued");
    await commitKey(project.scope, asIssued(issued as IssueOutcome).change.operationId);
    expect(await project.enable(project.scope, requestId)).toMatchObject({ ok: true, outcome: "already-done" });
  });

  test("a request id with another input is refused", async () => {
    const requestId = randomUUID();
    await project.enable(project.scope, requestId);
    const other = await requestKey(project.scope, "south", "ENABLE", requestId);
    expect(other).toMatchObject({ ok: false, reason: "request-reused" });
  });

  test("of several people one wins, and the others read who", async () => {
    const other = await authorizeProject(project.max, project.scope.slug, "keys:issue");
    const outcomes = await Promise.all([
      project.enable(),
      project.enable(other),
      project.enable(),
      project.enable(other),
    ]);
    const losers = outcomes.filter((outcome) => !outcome.ok);
    expect(losers).toHaveLength(3);
    for (const loser of losers)
      expect(loser).toMatchObject({ reason: "busy", message: expect.stringMatching(/Mia|Max/) });
    expect(await project.readKeyIds()).toHaveLength(1);
  });

  test("disable during a regenerate ends both pairs", async () => {
    const old = await project.makeKey();
    const held = project.storage.admin.inject({ match: (method) => method === "PUT", when: "after", what: "hold" });
    const running = project.regenerate();
    await held.reached;
    const keys = await db.accessKey.findMany({ where: { projectId: project.scope.projectId, state: "CREATING" } });
    const disabled = await project.disable();
    held.release();
    expect(disabled).toMatchObject({ ok: true, outcome: "revoking" });
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("unreachable");
    await startRevocation(disabled.revoking);
    expect(await running).toMatchObject({ ok: false, reason: "superseded" });
    expect(await project.readKeyIds()).toEqual([]);
    expect(await project.ask(old)).toBe("refused-unknown");
    expect(await stateOf(keys[0]?.id ?? "")).toBe("REVOKED");
  });

  test("enable right after disable waits for the removal that is in progress", async () => {
    const first = await project.makeKey();
    const disabled = await project.disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    const held = project.storage.admin.inject({
      match: (method) => method === "DELETE",
      when: "before",
      what: "hold",
      times: 1,
    });
    const removal = startRevocation(disabled.revoking);
    await held.reached;
    const enabling = project.enable();
    held.release();
    const { change, secret } = asIssued(await enabling);
    await removal;
    expect(await project.ask({ change, secret })).toBe("accepted");
    expect(await project.ask(first)).toBe("refused-unknown");
  });

  test("while a region is moved no key is written ahead: it would be made on the former storage system", async () => {
    const { id } = await db.region.findUniqueOrThrow({ where: { name: "north" } });
    const keys = { where: { projectId: project.scope.projectId } };
    const enabling = await withTransaction(async (tx) => {
      await lockRow(tx, "regions", id, "update");
      const begun = project.enable();
      await expect.poll(countWaiting).toBe(1);
      expect(await db.accessKey.count(keys)).toBe(0);
      return { begun };
    });
    expect(await enabling.begun).toMatchObject({ ok: true });
    expect(await db.accessKey.count(keys)).toBe(1);
  });

  test("an issued pair that was not acknowledged dies with a disable", async () => {
    const { change, secret } = asIssued(await project.enable());
    const disabled = await project.disable();
    if (!disabled.ok || disabled.outcome !== "revoking") throw new Error("not disabled");
    await startRevocation(disabled.revoking);
    expect(await project.ask({ change, secret })).toBe("refused-unknown");
    expect(await commitKey(project.scope, change.operationId)).toMatchObject({ ok: false, reason: "superseded" });
  });
});
