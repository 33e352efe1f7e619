import { randomUUID } from "node:crypto";
import type { PortalFacts } from "../fixtures/portal";
import type { IssuedKey } from "../fixtures/portal-client";
import type { PortalAnswer } from "../fixtures/portal-answer";
import { type Backend, drawKeyId } from "./backends";
import type { Place } from "./people";
import { type Pair, sendHttp, sendSigned } from "./signed-http";

/** The bare calls of a rotation: another key is made, the one before it removed. Gives the new one. */
export async function rotateBare(backend: Backend, account: string, former: Pair): Promise<Pair> {
  const key = await backend.makeKey(account, drawKeyId());
  await backend.removeKey(account, former.accessKeyId);
  return key;
}

/**
 * The same with what makes them safe to rely on: the new key is tried at every gateway before the former one is
 * removed, and that one until every gateway refuses it.
 */
export async function rotateProved(backend: Backend, account: string, former: Pair): Promise<Pair> {
  const key = await backend.makeKey(account, drawKeyId());
  await Promise.all(
    backend.gateways.map(async (endpoint) => {
      const { status } = await sendSigned("GET", new URL("/", endpoint), key, backend.signingRegion);
      if (status !== 200) throw new Error(`${endpoint} answered ${status} to a new key`);
    }),
  );
  await backend.removeKey(account, former.accessKeyId);
  await awaitRefusal(backend, former);
  return key;
}

export interface PortalTimes {
  key: IssuedKey;
  regenerateMs: number;
  acknowledgeMs: number;
}

/** The same change through the portal, until its last call has returned. */
export async function rotateThroughPortal(place: Place, backend: Backend): Promise<PortalTimes> {
  const begin = performance.now();
  const key = expectPair(await place.client.regenerate({ project: place.project, region: backend.region }));
  const delivered = performance.now();
  await acknowledge(place, key);
  return { key, regenerateMs: delivered - begin, acknowledgeMs: performance.now() - delivered };
}

export async function enableThroughPortal(place: Place, backend: Backend): Promise<Pair> {
  const key = expectPair(await place.client.enable({ project: place.project, region: backend.region }));
  await acknowledge(place, key);
  return key;
}

/** The same change through the API, where the reply is the delivery: one call. */
export async function rotateThroughApi(portal: PortalFacts, place: Place, backend: Backend): Promise<Pair> {
  const url = new URL(`/api/v1/projects/${place.project}/regions/${backend.region}/regenerate`, portal.url);
  const headers = { authorization: `Bearer ${place.token}`, "content-type": "application/json" };
  const { status, body } = await sendHttp(
    "POST",
    url,
    headers,
    JSON.stringify({ requestId: randomUUID(), confirm: "confirm" }),
  );
  if (status !== 201) throw new Error(`the API answered ${status}: ${body}`);
  return JSON.parse(body) as Pair;
}

/** Asks every gateway with the old key until each has refused it; gives the time of the last one's first refusal. */
export async function awaitRefusal(backend: Backend, key: Pair): Promise<number> {
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

function expectPair(answer: PortalAnswer<IssuedKey | object>): IssuedKey {
  if (answer.kind === "data" && "secretAccessKey" in answer.data) return answer.data;
  throw new Error(`no key: ${JSON.stringify(answer)}`);
}
