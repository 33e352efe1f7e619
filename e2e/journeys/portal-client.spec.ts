import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { readActionResult } from "../fixtures/flight";
import { type IssuedKey, type PortalClient, signInToPortal } from "../fixtures/portal-client";
import type { PortalAnswer } from "../fixtures/portal-answer";
import { findFreePorts } from "@/testing/ports";
import { aws } from "../fixtures/s3-tools";
import { expect, personOf, test } from "../fixtures/test";

const SLOT = { project: "demo", region: "south" };

async function disableFirst(client: PortalClient): Promise<void> {
  const answer = await client.disable(SLOT);
  expect(answer.kind).toBe("data");
}

function keyOf(answer: PortalAnswer<unknown>): IssuedKey {
  expect(answer).toMatchObject({ kind: "data", data: { ok: true, outcome: "issued" } });
  return (answer as { data: IssuedKey }).data;
}

test("a client without a browser enables, regenerates, acknowledges, disables and reads", async ({ portal }) => {
  const client = await signInToPortal(portal.url, personOf(portal, "member+"));
  await disableFirst(client);
  const first = keyOf(await client.enable(SLOT));
  expect(await client.acknowledge({ project: "demo", operationId: first.operationId })).toEqual({
    kind: "data",
    data: { ok: true },
  });
  expect((await aws(first, ["s3", "ls"])).code).toBe(0);

  const requestId = crypto.randomUUID();
  const second = keyOf(await client.regenerate({ ...SLOT, requestId }));
  expect(second.secretAccessKey).not.toBe(first.secretAccessKey);
  await client.acknowledge({ project: "demo", operationId: second.operationId });
  expect(await client.regenerate({ ...SLOT, requestId })).toMatchObject({
    kind: "data",
    data: { outcome: "already-done" },
  });

  const card = async () => {
    const answer = await client.readCards("demo");
    return answer.kind === "data" ? answer.data.find(({ region }) => region.name === "south") : undefined;
  };
  expect((await card())?.key?.accessKeyId).toBe(second.accessKeyId);
  const ended = await client.disable(SLOT);
  expect(ended).toMatchObject({ kind: "data", data: { accessKeyIds: [second.accessKeyId] } });
  await expect.poll(async () => (await card())?.state).toBe("DISABLED");
  expect((await aws(second, ["s3", "ls"])).code).not.toBe(0);
});

test("each kind of refusal has its own answer", async ({ portal }) => {
  const [mia, other] = await Promise.all(
    ["member+", "member"].map((role) => signInToPortal(portal.url, personOf(portal, role))),
  );
  if (!mia || !other) throw new Error("two people signed in");
  await disableFirst(mia);
  expect(await mia.regenerate(SLOT)).toMatchObject({ kind: "data", data: { ok: false, reason: "not-enabled" } });
  expect(await mia.enable({ project: "demo", region: "No Region" })).toMatchObject({
    kind: "refused",
    code: "BAD_INPUT",
  });
  expect(await mia.enable({ project: "elsewhere", region: "south" })).toMatchObject({
    kind: "refused",
    code: "NOT_FOUND",
  });
  expect(await other.enable(SLOT)).toMatchObject({ kind: "refused", code: "NOT_FOUND" });
  expect(await other.readCards("demo")).toMatchObject({ kind: "refused", code: "NOT_FOUND" });
  await expect(signInToPortal(portal.url, { email: "nobody@latchkey.localhost", password: "x" })).rejects.toThrow(
    /could not sign in/,
  );
});

test("a portal that does not answer, or breaks the connection, is a failure and not a refusal", async ({ portal }) => {
  const client = await signInToPortal(portal.url, personOf(portal, "member+"));
  const gone = `http://127.0.0.1:${await findFreePorts(1)}`;
  await expect(client.enable(SLOT, { at: gone })).rejects.toMatchObject({
    name: "PortalFailure",
    mayHaveHappened: false,
  });
  const closing = createServer((socket) => socket.once("data", () => socket.destroy()));
  await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
  const at = `http://127.0.0.1:${(closing.address() as AddressInfo).port}`;
  await expect(client.enable(SLOT, { at })).rejects.toMatchObject({ name: "PortalFailure", mayHaveHappened: true });
  closing.close();
});

test("the rows of an answer are read whatever they hold", () => {
  const read = (text: string) => readActionResult(new TextEncoder().encode(text));
  expect(read('0:{"a":"$@1","q":""}\n1:{"data":{"ok":true}}\n')).toEqual({ data: { ok: true } });
  expect(read('2:Tb,a\n"é, and:0:{"a":"$@1"}\n1:{"data":"$2","more":["$$5","$undefined"]}\n')).toEqual({
    data: 'a\n"é, and:',
    more: ["$5", undefined],
  });
  expect(() => read('0:{"a":"$@1"}\n')).toThrow("ends before");
  expect(() => read('0:{"a":"$@1"}\n1:{"data"')).toThrow("inside a row");
  expect(() => read('0:{"a":"$@1"}\n1:E{"digest":"5"}\n')).toThrow("threw");
});
