import { randomUUID } from "node:crypto";
import type { AccessKey } from "../fixtures/access-key";
import type { PortalFacts } from "../fixtures/portal";
import type { IssuedKey } from "../fixtures/portal-client";
import type { PortalAnswer } from "../fixtures/portal-answer";
import { type Backend, createKeyId } from "./backends";
import type { Place } from "./people";
import { sendHttp, sendSigned } from "./signed-http";

/** Rotates a key with bare admin calls: creates the new key and removes the old one. Returns the new key. */
export async function rotateBare(backend: Backend, account: string, former: AccessKey): Promise<AccessKey> {
  const key = await backend.createKey(account, createKeyId());
  await backend.deleteKey(account, former.accessKeyId);
  return key;
}

/**
 * The same with checks: every gateway accepts the new key before the old one is removed, and the rotation ends when
 * every gateway refuses the old one.
 */
export async function rotateVerified(backend: Backend, account: string, former: AccessKey): Promise<AccessKey> {
  const key = await backend.createKey(account, createKeyId());
  await Promise.all(
    backend.gateways.map(async (endpoint) => {
      const { status } = await sendSigned("GET", new URL("/", endpoint), key, backend.signingRegion);
      if (status !== 200) throw new Error(`${endpoint} answered ${status} to a new key`);
    }),
  );
  await backend.deleteKey(account, former.accessKeyId);
  await awaitRefusal(backend, former);
  return key;
}

export interface PortalTimes {
  key: IssuedKey;
  regenerateMs: number;
  acknowledgeMs: number;
}

/** Rotates a key through the portal as a browser does: regenerate, then acknowledge. */
export async function rotateThroughPortal(place: Place, backend: Backend): Promise<PortalTimes> {
  const begin = performance.now();
  const key = expectKey(await place.client.regenerate({ project: place.project, region: backend.region }));
  const delivered = performance.now();
  await acknowledge(place, key);
  return { key, regenerateMs: delivered - begin, acknowledgeMs: performance.now() - delivered };
}

export async function enableThroughPortal(place: Place, backend: Backend): Promise<AccessKey> {
  const key = expectKey(await place.client.enable({ project: place.project, region: backend.region }));
  await acknowledge(place, key);
  return key;
}

/** Rotates a key through the API. That is one call, because the reply is the delivery. */
export async function rotateThroughApi(portal: PortalFacts, place: Place, backend: Backend): Promise<AccessKey> {
  const url = new URL(`/api/v1/projects/${place.project}/regions/${backend.region}/regenerate`, portal.url);
  const headers = { authorization: `Bearer ${place.token}`, "content-type": "application/json" };
  const { status, body } = await sendHttp(
    "POST",
    url,
    headers,
    JSON.stringify({ requestId: randomUUID(), confirm: "confirm" }),
  );
  if (status !== 201) throw new Error(`the API answered ${status}: ${body}`);
  const { accessKeyId, secretKey } = JSON.parse(body) as { accessKeyId: string; secretKey: string };
  return { accessKeyId, secretAccessKey: secretKey };
}

/** Sends requests with the old key until every gateway refuses it. Returns the milliseconds until then. */
export async function awaitRefusal(backend: Backend, key: AccessKey): Promise<number> {
  const begin = performance.now();
  const times = backend.gateways.map(async (endpoint) => {
    for (;;) {
      const { status } = await sendSigned("GET", new URL("/", endpoint), key, backend.signingRegion);
      if (status === 403) return performance.now() - begin;
      if (status !== 200) throw new Error(`${endpoint} answered ${status}`);
    }
  });
  return Math.max(...(await Promise.all(times)));
}

async function acknowledge({ client, project }: Place, { operationId }: IssuedKey): Promise<void> {
  const answer = await client.acknowledge({ project, operationId });
  if (answer.kind !== "data" || !answer.data.ok) throw new Error(`not acknowledged: ${JSON.stringify(answer)}`);
}

function expectKey(answer: PortalAnswer<IssuedKey | object>): IssuedKey {
  if (answer.kind === "data" && "secretAccessKey" in answer.data) return answer.data;
  throw new Error(`no key: ${JSON.stringify(answer)}`);
}
