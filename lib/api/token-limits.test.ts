import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { createToken } from "@/lib/api-tokens/mutations";
import { createApi } from "@/lib/api/app";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { db } from "@/lib/platform/db/client";
import { startTestDatabase } from "@/testing/database/test-database";
import { makeProject, makeUser } from "@/testing/factories/people";

const api = createApi();

beforeAll(() => startTestDatabase());

test("a token that may only read gets a code and a sentence for every change, and a line in the audit log", async () => {
  const mia = await makeUser(db, `Mia ${randomUUID()}`);
  const home = await makeProject(db, [[mia, "admin"]]);
  const other = await makeProject(db, [[mia, "admin"]]);
  const expiresAt = new Date(Date.now() + 60_000);
  const wish = { email: mia.email, name: "a script", expiresAt, project: home.slug, scope: "read" as const };
  const { token } = await db.$transaction((tx) => createToken(tx, SYSTEM_ACTOR, wish));
  const headers = { authorization: `Bearer ${token.reveal()}` };
  const seen = new Set<string>();
  const changes: object[] = [];
  for (const { method, path } of api.routes.filter(({ path: at }) => at.startsWith("/api/v1/projects/:project/"))) {
    if (seen.has(`${method} ${path}`)) continue;
    seen.add(`${method} ${path}`);
    const reply = await api.request(path.replace(":project", home.slug).replace(":region", "north"), {
      method,
      headers,
    });
    if (method !== "GET") changes.push((await reply.json()) as object);
    else await reply.text();
  }
  expect(changes.length).toBeGreaterThan(4);
  const detail = expect.stringContaining("may only read. Nothing was changed.") as string;
  for (const told of changes) expect(told).toMatchObject({ status: 403, code: "FORBIDDEN", detail });
  const refused = await db.auditEvent.findMany({ where: { actorId: mia.userId, event: "action.refused" } });
  expect(refused.filter(({ data }) => (data as { code: string }).code === "FORBIDDEN")).toHaveLength(changes.length);
  expect((await api.request(`/api/v1/projects/${home.slug}/regions`, { headers })).status).toBe(200);
  expect((await api.request(`/api/v1/projects/${other.slug}/regions`, { headers })).status).toBe(404);
});

test("a token of a project is told of this project only, and finds no key across projects", async () => {
  const sue = await makeUser(db, `Sue ${randomUUID()}`, { platformRole: "support" });
  const home = await makeProject(db, [[sue, "admin"]]);
  const other = await makeProject(db, [[sue, "admin"]]);
  const ask = async (path: string, project?: string) => {
    const wish = { email: sue.email, name: "a script", expiresAt: new Date(Date.now() + 60_000), project };
    const { token } = await db.$transaction((tx) => createToken(tx, SYSTEM_ACTOR, wish));
    const reply = await api.request(`/api/v1${path}`, { headers: { authorization: `Bearer ${token.reveal()}` } });
    return (await reply.json()) as { status?: number; detail?: string; projects?: { project: string }[] };
  };
  const slugsOf = async (project?: string) => (await ask("/projects", project)).projects?.map((told) => told.project);
  expect(await slugsOf(home.slug)).toEqual([home.slug]);
  expect(await slugsOf()).toEqual([other.slug, home.slug]);
  const find = "/support/keys/LKAAAAAAAAAAAAAAAAAA";
  await ask(find, home.slug);
  expect(await db.auditEvent.count({ where: { actorId: sue.userId, event: "key.looked-up" } })).toBe(0);
  await ask(find);
  expect(await db.auditEvent.count({ where: { actorId: sue.userId, event: "key.looked-up" } })).toBe(1);
});
