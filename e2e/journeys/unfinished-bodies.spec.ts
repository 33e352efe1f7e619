import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { readPid } from "../fixtures/own-portal";
import { expect, test } from "../fixtures/test";

const CONNECTIONS = 400;
const BODY_BYTES = 9_900_000;
const GROWTH_MAX_MB = 100;
/** Two client networks, because one alone may not have so many connections. */
const CLIENTS = ["127.0.0.1", "127.0.0.2"];
/** A machine that is busy reads slowly. The portal ends each of them 15 s after the last byte. */
const ENDED_WITHIN_MS = 300_000;

const HEAD = `POST /api/auth/callback/credentials HTTP/1.1\r
host: portal.example\r
content-type: application/x-www-form-urlencoded\r
`;
const PART = Buffer.alloc(BODY_BYTES - 1, "x");
/** A body says its length, or comes in chunks. */
const FRAMINGS = [
  `${HEAD}content-length: ${BODY_BYTES}\r\n\r\n`,
  `${HEAD}transfer-encoding: chunked\r\n\r\n${BODY_BYTES.toString(16)}\r\n`,
];

/** Sends all of a body but its last byte. Resolves when the portal has closed the connection. */
function sendUnfinished(port: number, index: number): Promise<void> {
  const localAddress = CLIENTS[index % CLIENTS.length];
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.write(FRAMINGS[Math.floor(index / CLIENTS.length) % FRAMINGS.length] ?? "");
  socket.write(PART);
  socket.resume();
  return new Promise((resolve) => {
    socket.on("error", () => socket.destroy()).on("end", () => socket.destroy());
    socket.on("close", () => resolve());
  });
}

/** The memory of a process, as the kernel counts it. */
async function readMemoryMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

test(`${CONNECTIONS} unfinished bodies without a sign-in leave the memory of the web process as it was`, async ({
  portal,
}) => {
  const pid = await readPid(portal.dataDir, "web");
  const loadPage = () => fetch(`${portal.url}/login`).then(async (reply) => (await reply.text()) && reply.status);
  // What the first pages load stays.
  for (let count = 0; count < 30; count += 1) expect(await loadPage()).toBe(200);
  const before = await readMemoryMb(pid);
  const ended = Array.from({ length: CONNECTIONS }, (_none, index) =>
    sendUnfinished(Number(new URL(portal.url).port), index),
  );
  await Promise.race([Promise.all(ended), rejectAfter(ENDED_WITHIN_MS)]);
  await expect.poll(loadPage).toBe(200);
  const readGrowth = async () => (await readMemoryMb(pid)) - before;
  await expect.poll(readGrowth, { timeout: 300_000 }).toBeLessThan(GROWTH_MAX_MB);
  expect(await readPid(portal.dataDir, "web")).toBe(pid);
});

function rejectAfter(ms: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`a connection is open after ${ms} ms`)), ms).unref();
  });
}
