import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { seedKeystone } from "./keystone-seed";
import { answers, findRunning, run, startProgram, stopProgram, SYSTEM_ENVIRONMENT, waitUntil } from "./processes";
import { assignPorts, type RigOptions, type RigSecrets } from "./settings";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export const keystoneUrl = (options: RigOptions): string => `http://127.0.0.1:${assignPorts(options).keystone}/v3`;

/** Brings Keystone up unless it runs: SQLite, one uwsgi worker, loopback. Resolves when it is seeded. */
export async function startKeystone(options: RigOptions, secrets: RigSecrets): Promise<void> {
  const home = join(options.folder, "keystone");
  const ready = join(home, ".bootstrapped");
  const seeded = join(home, ".seeded");
  const url = keystoneUrl(options);
  const fresh = !existsSync(ready);
  if (fresh) {
    rmSync(home, { recursive: true, force: true });
    for (const keys of ["fernet-keys", "credential-keys"])
      mkdirSync(join(home, keys), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, "keystone.conf"), composeKeystoneConf(options.folder), { mode: 0o600 });
    // An empty mapping would be read as JSON and complained about.
    writeFileSync(join(home, "policy.yaml"), "# the defaults\n");
  }
  // It imports for 2 s before it touches the database, which is made meanwhile.
  if (!findRunning(options.folder, "keystone")) startServer(options, home);
  if (fresh) {
    await initialise(options.folder, home, url, secrets);
    writeFileSync(ready, "");
  }
  await waitUntil("Keystone", () => answers(url));
  if (existsSync(seeded)) return;
  const [gateway] = assignPorts(options).gateways;
  await seedKeystone(url, secrets, `http://127.0.0.1:${gateway}`);
  writeFileSync(seeded, "");
}

/** Starts it again after a crash, on what it had. Resolves when it answers. */
export async function restartKeystone(options: RigOptions): Promise<void> {
  await waitUntil("Keystone", () => {
    // The port of one that was killed may be free a moment later only.
    if (!findRunning(options.folder, "keystone")) startServer(options, join(options.folder, "keystone"));
    return answers(keystoneUrl(options));
  });
}

/** The witness: OpenStack's own client, as the first admin. Gives what it printed; costs a second a call. */
export function runOpenstack(url: string, adminPassword: string, args: string[]): Promise<string> {
  return run("/usr/bin/openstack", args, {
    OS_AUTH_URL: url,
    OS_IDENTITY_API_VERSION: "3",
    OS_USERNAME: "admin",
    OS_PASSWORD: adminPassword,
    OS_PROJECT_NAME: "admin",
    OS_USER_DOMAIN_NAME: "Default",
    OS_PROJECT_DOMAIN_NAME: "Default",
  });
}

export async function stopKeystone(options: RigOptions): Promise<void> {
  await stopProgram(options.folder, "keystone");
}

function startServer(options: RigOptions, home: string): void {
  const environment = { OS_KEYSTONE_CONFIG_DIR: home, OS_KEYSTONE_CONFIG_FILES: "keystone.conf" };
  const args = [
    ...["--plugins-dir", "/usr/lib/uwsgi/plugins", "--need-plugin", "python3"],
    ...["--http-socket", `127.0.0.1:${assignPorts(options).keystone}`],
    ...["--wsgi-file", "/usr/bin/keystone-wsgi-public", "--lazy-apps"],
    ...["--master", "--workers", "1", "--threads", "1", "--die-on-term"],
    ...["--buffer-size", "65535", "--post-buffering", "65536", "--disable-logging"],
    // uwsgi closes after every answer without saying so, and a client that reuses the connection is reset.
    ...["--add-header", "Connection: close"],
    ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
  ];
  startProgram(options.folder, "keystone", "/usr/bin/uwsgi", args, environment);
}

async function initialise(folder: string, home: string, url: string, secrets: RigSecrets): Promise<void> {
  const log = openSync(join(folder, "log/keystone-init.out"), "a", 0o600);
  const script = join(ROOT, "testing/rig/keystone-init.py");
  const child = spawn("/usr/bin/python3", [script, home, `${url}/`], {
    env: SYSTEM_ENVIRONMENT,
    stdio: ["pipe", log, log],
  });
  child.stdin?.end(`${secrets.keystoneAdminPassword}\n`);
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`Keystone could not be set up: see ${join(folder, "log/keystone-init.out")}`);
}

const composeKeystoneConf = (folder: string): string => `[DEFAULT]
log_file = ${folder}/log/keystone.log
use_stderr = false
debug = false
[database]
connection = sqlite:///${folder}/keystone/keystone.db
sqlite_synchronous = false
[token]
provider = fernet
[fernet_tokens]
key_repository = ${folder}/keystone/fernet-keys
[credential]
provider = fernet
key_repository = ${folder}/keystone/credential-keys
[identity]
# The cheapest that bcrypt takes: a login in 2 ms and not 250. Nobody's password is kept here.
password_hash_rounds = 4
[cache]
enabled = true
# The plain dictionary hands out objects that callers change.
backend = dogpile.cache.memory_pickle
[oslo_policy]
policy_file = ${folder}/keystone/policy.yaml
enforce_scope = false
enforce_new_defaults = false
`;
