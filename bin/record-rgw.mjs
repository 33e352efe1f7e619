import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./root.mjs";

/**
 * `node bin/record-rgw.mjs <ceph.conf> <endpoint>`: sends the requests of testing/builtin-s3/probes.ts to a real
 * radosgw and records its answers. `npm test` compares the built-in S3 server with these answers. Creates two users
 * there, and removes them with their data.
 */
const [conf, endpoint] = process.argv.slice(2);
if (!conf || !endpoint) {
  console.error("usage: node bin/record-rgw.mjs <ceph.conf> <endpoint>");
  process.exit(2);
}
const folder = mkdtempSync(join(ROOT, "node_modules/.cache-record-rgw-"));
const users = ["cmp-owner", "cmp-stranger"];
try {
  const keys = users.flatMap((user) => {
    admin(["user", "rm", `--uid=${user}`, "--purge-data"]);
    const key = [randomBytes(10).toString("hex").toUpperCase(), randomBytes(20).toString("hex")];
    if (
      !admin([
        "user",
        "create",
        `--uid=${user}`,
        `--display-name=${user}`,
        `--access-key=${key[0]}`,
        `--secret-key=${key[1]}`,
      ])
    ) {
      throw new Error("radosgw-admin cannot create a user");
    }
    return key;
  });
  const script = join(folder, "record.mjs");
  const entryPoints = [join(ROOT, "testing/builtin-s3/record-rgw-main.ts")];
  await build({
    entryPoints,
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    alias: { "@": ROOT },
  });
  const file = join(ROOT, "testing/builtin-s3/rgw-16.2.json");
  const { status } = spawnSync(process.execPath, [script, endpoint, ...keys, file], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  for (const user of users) admin(["user", "rm", `--uid=${user}`, "--purge-data"]);
  rmSync(folder, { recursive: true, force: true });
}

function admin(args) {
  return spawnSync("radosgw-admin", ["-c", conf, ...args], { stdio: "ignore" }).status === 0;
}
