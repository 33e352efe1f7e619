import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "./root.mjs";

/**
 * `node bin/record-rgw.mjs <ceph.conf> <endpoint>`: asks a real radosgw what testing/builtin-s3/probes.ts holds and
 * writes down its answers, against which `npm test` compares the built-in S3 server. Makes two users there, and
 * removes them with all they have.
 */
const [conf, endpoint] = process.argv.slice(2);
if (!conf || !endpoint) {
  console.error("usage: node bin/record-rgw.mjs <ceph.conf> <endpoint>");
  process.exit(2);
}
const folder = mkdtempSync(join(ROOT, "node_modules/.cache-record-rgw-"));
const users = ["cmp-owner", "cmp-stranger"];
try {
  const pairs = users.flatMap((user) => {
    admin(["user", "rm", `--uid=${user}`, "--purge-data"]);
    const pair = [randomBytes(10).toString("hex").toUpperCase(), randomBytes(20).toString("hex")];
    if (
      !admin([
        "user",
        "create",
        `--uid=${user}`,
        `--display-name=${user}`,
        `--access-key=${pair[0]}`,
        `--secret-key=${pair[1]}`,
      ])
    ) {
      throw new Error("radosgw-admin cannot make a user");
    }
    return pair;
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
  const { status } = spawnSync(process.execPath, [script, endpoint, ...pairs, file], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  for (const user of users) admin(["user", "rm", `--uid=${user}`, "--purge-data"]);
  rmSync(folder, { recursive: true, force: true });
}

function admin(args) {
  return spawnSync("radosgw-admin", ["-c", conf, ...args], { stdio: "ignore" }).status === 0;
}
