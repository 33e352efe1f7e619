import { createHash, randomBytes, randomInt } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type RawAnswer, type RawRequest, sendSigned } from "@/testing/builtin-s3/raw-request";
import { ServerProcess } from "@/testing/builtin-s3/server-process";
import { type Pair, randomPair } from "@/testing/builtin-s3/test-server";

const ROUNDS = 50;
/** Writes acknowledged in a round before it is killed. */
const PER_ROUND = 20;

let server: ServerProcess;
let pair: Pair;

beforeAll(async () => {
  server = await ServerProcess.build();
  await server.start();
  pair = await server.addKey("demo");
  await call({ method: "PUT", target: "/bucket" });
});
afterAll(() => server.remove());

function call(raw: RawRequest): Promise<RawAnswer> {
  return sendSigned(server.endpoint, pair, raw);
}

/** What must be there: the acknowledged value, or that of a change that was on its way when the server died. */
class Model {
  readonly known = new Map<string, string | undefined>();
  readonly underway = new Map<string, string | undefined>();

  async change(name: string, value: string | undefined, act: () => Promise<boolean>): Promise<void> {
    this.underway.set(name, value);
    if (!(await act())) throw new Error("not acknowledged");
    this.known.set(name, value);
    this.underway.delete(name);
  }

  check(name: string, found: string | undefined): void {
    const allowed = [this.known.get(name), ...(this.underway.has(name) ? [this.underway.get(name)] : [])];
    expect(allowed, name).toContain(found);
    this.known.set(name, found);
    this.underway.delete(name);
  }

  names(): string[] {
    return [...new Set([...this.known.keys(), ...this.underway.keys()])];
  }
}

const objects = new Model();
const keys = new Model();
const pairs = new Map<string, Pair>();
let acknowledged = 0;

const digest = (text: string) => createHash("md5").update(text).digest("hex");
const randomText = () => randomBytes(randomInt(3) === 0 ? randomInt(200_000) : randomInt(1, 2000)).toString("hex");

/** Changes that go on until the server dies under them; each worker has names of its own. */
async function work(worker: number): Promise<void> {
  for (;;) {
    const key = `w${worker}-${randomInt(4)}`;
    const target = `/bucket/${key}`;
    if (worker === 0) await changeKeys();
    else if (worker === 1) await uploadParts(key, target);
    else if (randomInt(4) === 0)
      await objects.change(key, undefined, async () => (await call({ method: "DELETE", target })).status === 204);
    else {
      const body = randomText();
      await objects.change(key, digest(body), async () => (await call({ method: "PUT", target, body })).status === 200);
    }
    acknowledged += 1;
  }
}

async function uploadParts(key: string, target: string): Promise<void> {
  const body = randomText();
  const { body: begun } = await call({ method: "POST", target: `${target}?uploads` });
  const query = `uploadId=${/<UploadId>(.*?)</.exec(begun)?.[1]}`;
  const { headers } = await call({ method: "PUT", target: `${target}?partNumber=1&${query}`, body });
  const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${String(headers.etag)}</ETag></Part></CompleteMultipartUpload>`;
  await objects.change(
    key,
    digest(body),
    async () => (await call({ method: "POST", target: `${target}?${query}`, body: list })).status === 200,
  );
}

async function changeKeys(): Promise<void> {
  const present = [...pairs.keys()].filter((id) => keys.known.get(id) === "present");
  const id = present[randomInt(present.length + 1)];
  if (id !== undefined && randomInt(2) === 0) {
    await keys.change(
      id,
      undefined,
      async () => (await server.admin("DELETE", `/regions/north/accounts/demo/keys/${id}`)).status === 204,
    );
    return;
  }
  const fresh = randomPair();
  pairs.set(fresh.accessKeyId, fresh);
  await keys.change(fresh.accessKeyId, "present", async () => (await server.addKey("demo", fresh)) === fresh);
}

async function verify(): Promise<void> {
  await Promise.all(
    objects.names().map(async (name) => {
      const answer = await call({ target: `/bucket/${name}` });
      objects.check(name, answer.status === 200 ? digest(answer.body) : undefined);
    }),
  );
  for (const id of keys.names()) {
    const fresh = pairs.get(id);
    if (!fresh) throw new Error(id);
    const answer = await sendSigned(server.endpoint, fresh, { target: "/" });
    keys.check(id, answer.status === 200 ? "present" : undefined);
    expect(answer.status === 200 ? "accepted" : answer.code).toMatch(/^(accepted|InvalidAccessKeyId)$/);
    if (answer.status !== 200) {
      // Removed for good. It is asked about once more at the end.
      keys.known.delete(id);
      gone.add(id);
    }
  }
}

const gone = new Set<string>();

async function blobFiles(): Promise<number> {
  const folder = path.join(server.folder, "data/s3/north/blobs");
  return (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).length;
}

it(
  `loses nothing acknowledged and keeps nothing half when it is killed, ${ROUNDS} rounds`,
  { timeout: 300_000 },
  async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const workers = Array.from({ length: 6 }, (_, worker) => work(worker).catch((reason: unknown) => reason));
      const enough = acknowledged + PER_ROUND;
      await expect.poll(() => acknowledged, { interval: 2 }).toBeGreaterThanOrEqual(enough);
      // The fault is the moment of the kill: any moment while writes are in flight.
      await delay(randomInt(0, 30));
      await server.end("SIGKILL");
      await Promise.all(workers);
      await server.start();
      await verify();
    }
    for (const id of gone)
      expect((await sendSigned(server.endpoint, pairs.get(id) ?? pair, { target: "/" })).code).toBe(
        "InvalidAccessKeyId",
      );

    const { body } = await call({ target: "/bucket?uploads" });
    for (const [, key, id] of body.matchAll(/<Key>(.*?)<\/Key><UploadId>(.*?)<\/UploadId>/g))
      await call({ method: "DELETE", target: `/bucket/${key}?uploadId=${id}` });
    const live = objects.names().filter((name) => objects.known.get(name) !== undefined).length;
    // What the kills left behind was swept at the start; what was overwritten or aborted goes when it is let go.
    await expect.poll(blobFiles).toBe(live);
  },
);

it("answers that it cannot write when the journal cannot grow, keeps what it has, and goes on when it can", async () => {
  await server.end();
  await server.start("ulimit -f 400;");
  const refused: string[] = [];
  const stored: string[] = [];
  for (let index = 0; refused.length < 5 && index < 5000; index += 1) {
    const target = `/bucket/full-${index}-${"n".repeat(900)}`;
    const answer = await call({ method: "PUT", target, body: "x" });
    (answer.status === 200 ? stored : refused).push(target);
    expect([200, 503]).toContain(answer.status);
  }
  expect(refused).toHaveLength(5);
  for (const target of refused) expect((await call({ target })).code).toBe("NoSuchKey");
  await server.end();
  await server.start();
  for (const target of stored) expect((await call({ target })).body).toBe("x");
  for (const target of refused) expect((await call({ target })).code).toBe("NoSuchKey");
  expect((await call({ method: "PUT", target: refused[0] ?? "", body: "y" })).status).toBe(200);
});
