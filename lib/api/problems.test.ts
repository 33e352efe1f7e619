import { randomUUID } from "node:crypto";
import { beforeAll, expect, test, vi } from "vitest";
import { createApi } from "@/lib/api/app";
import { startTestDatabase } from "@/testing/database/test-database";
import { db } from "@/lib/platform/db/client";
import { logger } from "@/lib/platform/logger";
import { type ApiCaller, makeCaller } from "@/testing/factories/api-caller";
import { makeProject, makeUser } from "@/testing/factories/people";

const api = createApi();
let caller: ApiCaller;
let slug: string;

beforeAll(async () => {
  await startTestDatabase();
  const mia = await makeUser(db, "Mia");
  ({ slug } = await makeProject(db, [[mia, "member+"]]));
  caller = await makeCaller(db, api.request, mia);
});

const enable = (content: unknown, headers: Record<string, string> = {}) =>
  caller.post(`/projects/${slug}/regions/north/enable`, content, headers);

const REFUSED: [string, number, string, RegExp, () => Promise<Response>][] = [
  ["a path that is not there", 404, "NOT_FOUND", /not there/, () => caller.get("/nothing")],
  ["the root of the API", 404, "NOT_FOUND", /not there/, () => caller.get("")],
  ["a project that is not there", 404, "NOT_FOUND", /not there/, () => caller.get("/projects/nowhere/keys")],
  ["no token", 401, "UNAUTHENTICATED", /token/, () => caller.get("/projects", { authorization: "" })],
  ["an unknown field", 400, "BAD_INPUT", /"extra"/, () => enable({ requestId: randomUUID(), extra: 1 })],
  ["a body that is not JSON", 400, "BAD_INPUT", /not JSON/, () => enable("{")],
  ["a text", 415, "WRONG_CONTENT_TYPE", /application\/json/, () => enable("{}", { "content-type": "text/plain" })],
  ["a form", 415, "WRONG_CONTENT_TYPE", /application\/json/, () => enable("a=1", { "content-type": "x/y" })],
  ["a long body", 413, "BODY_TOO_LONG", /65536 bytes/, () => enable({ requestId: "x".repeat(65_536) })],
  ["a body of unknown length", 400, "BAD_INPUT", /Content-Length/, () => enable("{}", { "transfer-encoding": "x" })],
];

test.each(REFUSED)("%s is refused with a problem: %i %s", async (_name, status, code, detail, send) => {
  const reply = await send();
  expect([reply.status, reply.headers.get("content-type")]).toEqual([status, "application/problem+json"]);
  expect(reply.headers.get("cache-control")).toBe("no-store");
  expect(await reply.json()).toEqual({
    type: `/api/docs#${code.toLowerCase().replaceAll("_", "-")}`,
    title: expect.stringMatching(/^[A-Z]/) as string,
    status,
    code,
    detail: expect.stringMatching(detail) as string,
  });
});

test("a refusal by the rules names its reason", async () => {
  const { id: regionId } = await db.region.create({
    data: {
      name: "north",
      endpoint: "http://127.0.0.1:1",
      signingRegion: "north-1",
      provider: "builtin",
      disabledAt: new Date(),
      settings: {},
    },
  });
  const reply = await enable({ requestId: randomUUID() });
  expect([reply.status, await reply.json()]).toMatchObject([409, { code: "CONFLICT", reason: "region-disabled" }]);
  expect(await db.accessKey.count({ where: { regionId } })).toBe(0);
});

test("a token in the query or in a cookie lets nobody in, and is in no log", async () => {
  const written = (["info", "warn", "error"] as const).map((level) => vi.spyOn(logger, level));
  const { token } = caller;
  const at = `/projects/${slug}/keys`;
  const without = { authorization: "" };
  const replies = [
    await caller.get(`${at}?token=${token}&access_token=${token}`, without),
    await caller.get(at, { ...without, cookie: `token=${token}; latchkey.session=${token}` }),
    await caller.get(`${at}?token=${token}`),
  ];
  expect(replies.map(({ status }) => status)).toEqual([401, 401, 400]);
  for (const reply of replies) expect(await reply.text()).not.toContain(token);
  expect(written.some((log) => log.mock.calls.length > 0)).toBe(true);
  expect(JSON.stringify(written.map((log) => log.mock.calls))).not.toContain(token);
  expect(JSON.stringify(await db.auditEvent.findMany({ select: { data: true, actorName: true } }))).not.toContain(
    token,
  );
  for (const log of written) log.mockRestore();
});
