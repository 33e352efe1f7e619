import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePorts } from "../fixtures/ports";
import { confOf, readPair, runRadosgwAdmin, startGateway } from "../rig/ceph";
import { answers, run, startProgram, stopProgram, waitUntil } from "../rig/processes";
import type { Rig } from "../rig/rig";
import { gatewayId } from "../rig/settings";
import { drawKeyId } from "./backends";
import { type Pair, sendHttp } from "./signed-http";

const PROGRAMS = ["/usr/bin/ceph-mgr", "/usr/share/ceph/mgr/dashboard/module.py"];
/** Of the API that Ceph 16 has. */
const API = { accept: "application/vnd.ceph.api.v1.0+json", "content-type": "application/json" };
const MGR = "mgr";

/** Ceph's own portal for administrators, at its REST API. */
export interface CephDashboard {
  /** Makes another key and removes the one before it. Gives the new one. */
  rotate: (account: string, former: Pair) => Promise<Pair>;
  stop: () => Promise<void>;
}

/** Whether this machine has it (Debian's ceph-mgr-dashboard). */
export const hasCephDashboard = (): boolean => PROGRAMS.every((path) => existsSync(path));

/** Starts it beside a running cluster, and its gateways anew: it knows only those that began while it ran. */
export async function startCephDashboard({ options, gateways }: Rig): Promise<CephDashboard> {
  const { folder } = options;
  const stop = async () => void (await stopProgram(folder, MGR));
  try {
    const url = await startModule(folder);
    const password = await makeUsers(folder);
    for (const index of gateways.keys()) {
      await stopProgram(folder, gatewayId(index));
      startGateway(folder, index);
    }
    await Promise.all(gateways.map(({ endpoint }) => waitUntil("radosgw", () => answers(endpoint))));
    await waitUntil("the dashboard's list of gateways", async () => (await listGateways(folder)) === gateways.length);
    return { rotate: await signIn(url, password), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function askCeph(folder: string, args: string[]): Promise<string> {
  return run("/usr/bin/ceph", ["-c", confOf(folder), "--connect-timeout", "30", ...args]);
}

/** Gives its address. */
async function startModule(folder: string): Promise<string> {
  const port = await findFreePorts(4);
  const settings = { ssl: "false", server_addr: "127.0.0.1", server_port: String(port) };
  for (const [name, value] of Object.entries(settings)) await askCeph(folder, ["config", "set", "mgr", `mgr/dashboard/${name}`, value, "--force"]);
  // Without cephx the second version of the messenger finds no mode that both sides have.
  const messenger = ["--ms-bind-msgr2=false", `--ms-bind-port-min=${port + 1}`, `--ms-bind-port-max=${port + 3}`];
  startProgram(folder, MGR, PROGRAMS[0] ?? "", ["-c", confOf(folder), "-f", "-i", "x", `--mgr-data=${join(folder, MGR)}`, ...messenger]);
  await askCeph(folder, ["mgr", "module", "enable", "dashboard", "--force"]);
  const url = `http://127.0.0.1:${port}`;
  await waitUntil("Ceph Dashboard", () => answers(url));
  return url;
}

/** The pair with which it asks the gateways, and its administrator, whose password this gives. */
async function makeUsers(folder: string): Promise<string> {
  const caps = "users=*;buckets=*;usage=*;metadata=*";
  const user = await runRadosgwAdmin(folder, ["user", "create", "--uid=dashboard", "--display-name=Dashboard", "--system", `--caps=${caps}`]);
  const { accessKeyId, secretAccessKey } = readPair(user);
  const password = `${randomBytes(24).toString("base64url")}-A1`;
  const tell = async (secret: string, ...command: string[]) => {
    const file = join(folder, "run/told");
    writeFileSync(file, secret, { mode: 0o600 });
    await askCeph(folder, ["dashboard", ...command, "-i", file]);
  };
  await tell(accessKeyId, "set-rgw-api-access-key");
  await tell(secretAccessKey, "set-rgw-api-secret-key");
  await tell(password, "ac-user-create", "bench", "administrator");
  return password;
}

async function listGateways(folder: string): Promise<number> {
  const map = JSON.parse(await askCeph(folder, ["service", "dump", "--format=json"])) as { services: { rgw?: { daemons: Record<string, unknown> } } };
  return Object.values(map.services.rgw?.daemons ?? {}).filter((daemon) => typeof daemon === "object").length;
}

async function signIn(url: string, password: string): Promise<CephDashboard["rotate"]> {
  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const answer = await sendHttp(method, new URL(path, url), headers, body && JSON.stringify(body));
    if (answer.status > 299) throw new Error(`Ceph Dashboard answered ${answer.status}: ${answer.body.slice(0, 200)}`);
    return answer.body;
  };
  const { token } = JSON.parse(await call("POST", "/api/auth", API, { username: "bench", password })) as { token: string };
  const headers = { ...API, authorization: `Bearer ${token}` };
  return async (account, former) => {
    const id = drawKeyId();
    const keys = `/api/rgw/user/${account}/key`;
    const made = JSON.parse(await call("POST", keys, headers, { key_type: "s3", access_key: id, generate_key: "true" })) as { access_key: string; secret_key: string }[];
    const key = made.find(({ access_key: accessKeyId }) => accessKeyId === id);
    if (!key) throw new Error(`Ceph Dashboard did not make ${id}`);
    await call("DELETE", `${keys}?key_type=s3&access_key=${former.accessKeyId}`, headers);
    return { accessKeyId: id, secretAccessKey: key.secret_key };
  };
}
