import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase } from "@/testing/database/test-database";
import { authorizeProject } from "@/lib/gate/scope";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { db } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { issueUnacknowledged, makeKey } from "@/testing/factories/keys";
import { makeProject, makeUser } from "@/testing/factories/people";
import { type Storage, startStorage } from "@/testing/factories/storage";

let storage: Storage;

beforeAll(async () => {
  await startTestDatabase();
  storage = await startStorage(db, parseMasterKey(env.LATCHKEY_MASTER_KEY));
});
afterAll(() => storage.stop());

test("a regenerate makes a principal again that somebody removed past the portal", async () => {
  const mia = await makeUser(db, "Mia");
  const project = await makeProject(db, [[mia, "member+"]]);
  const scope = await authorizeProject(mia, project.slug, "keys:issue");
  await makeKey(scope, "north");
  const externalId = `lk-${randomUUID()}`;
  await db.principal.updateMany({ where: { projectId: scope.projectId }, data: { externalId } });
  const issued = await issueUnacknowledged(scope, "north", "REGENERATE");
  expect(await storage.readKeyIds("north", externalId)).toEqual([issued.change.accessKeyId]);
});
