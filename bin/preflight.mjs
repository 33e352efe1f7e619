import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { ROOT } from "./root.mjs";

/**
 * Looks for two problems before the long installation of the dependencies: a portal that runs on this data folder, and
 * taken ports. Returns a sentence about the first problem, or undefined. Later, lib/supervisor makes the same checks
 * with validated settings. The settings cannot be loaded here, so this file repeats their defaults.
 */
export async function findObstacle(env) {
  const folder = resolve(ROOT, env.LATCHKEY_DATA_DIR || ".data");
  const lock = join(folder, "up.lock");
  if (existsSync(lock)) {
    const { pid } = JSON.parse(readFileSync(lock, "utf8"));
    if (isAlive(pid)) return `Latchkey already runs on ${folder} (process ${pid}).`;
  }
  const host = env.HOST || "127.0.0.1";
  const s3 = Number(env.S3_PORT || 9000);
  const portal = Number(env.PORT || 3000);
  const wanted = [
    ["PORT", portal, host],
    // A portal at localhost listens on both addresses of that name.
    ...(host === "127.0.0.1" && !env.LATCHKEY_URL ? [["PORT", portal, "::1"]] : []),
    ["S3_PORT", s3, host],
    ["S3_PORT", s3 + 1, host],
    ["S3_ADMIN_PORT", Number(env.S3_ADMIN_PORT || s3 + 2), "127.0.0.1"],
  ];
  for (const [setting, port, address] of wanted) {
    if (await isTaken(port, address))
      return `Port ${port} on ${address} is taken by another program. Stop it, or set ${setting} to another port.`;
  }
  return undefined;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

function isTaken(port, host) {
  return new Promise((done) => {
    const server = createServer();
    server.once("error", (error) => done(error.code === "EADDRINUSE"));
    try {
      server.listen({ port, host, exclusive: true }, () => server.close(() => done(false)));
    } catch {
      // An invalid port number. The validation of the settings reports it later.
      done(false);
    }
  });
}
