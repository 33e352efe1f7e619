import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePorts } from "@/testing/ports";
import { confOf, readAccessKey, runRadosgwAdmin, startGateway, startManager } from "@/testing/rig/ceph";
import { answers, run, stopProgram, waitUntil } from "@/testing/rig/processes";
import type { Rig } from "@/testing/rig/rig";
import { gatewayId } from "@/testing/rig/settings";
import type { AccessKey } from "../fixtures/access-key";
import { createKeyId } from "./backends";
import { sendHttp } from "./signed-http";

const PROGRAMS = ["/usr/bin/ceph-mgr", "/usr/share/ceph/mgr/dashboard/module.py"];
/** The version of the REST API in Ceph 16. */
const API = { accept: "application/vnd.ceph.api.v1.0+json", "content-type": "application/json" };

/** Creates a key through the REST API of Ceph Dashboard and removes the former key. Returns the new key. */
export type DashboardRotation = (account: string, former: AccessKey) => Promise<AccessKey>;

/** Whether this machine has Ceph Dashboard (Debian's ceph-mgr-dashboard). */
export const hasCephDashboard = (): boolean => PROGRAMS.every((path) => existsSync(path));

/** Starts Ceph Dashboard in a running cluster. Restarts the gateways, because it finds only gateways that start later. */
export async function startCephDashboard({ options, gateways }: Rig): Promise<DashboardRotation> {
  const { folder } = options;
  const url = await startModule(folder);
  const password = await createUsers(folder);
  for (const index of gateways.keys()) {
    await stopProgram(folder, gatewayId(index));
    startGateway(folder, index);
  }
  await Promise.all(gateways.map(({ endpoint }) => waitUntil("radosgw", () => answers(endpoint))));
  await waitUntil("the dashboard's list of gateways", async () => (await countGateways(folder)) === gateways.length);
  return signIn(url, password);
}

function askCeph(folder: string, args: string[]): Promise<string> {
  return run("/usr/bin/ceph", ["-c", confOf(folder), "--connect-timeout", "30", ...args]);
}

/** Returns the address of the dashboard. */
async function startModule(folder: string): Promise<string> {
  const port = await findFreePorts(4);
  const settings = { ssl: "false", server_addr: "127.0.0.1", server_port: String(port) };
  for (const [name, value] of Object.entries(settings))
    await askCeph(folder, ["config", "set", "mgr", `mgr/dashboard/${name}`, value, "--force"]);
  startManager(folder, port + 1);
  await askCeph(folder, ["mgr", "module", "enable", "dashboard", "--force"]);
  const url = `http://127.0.0.1:${port}`;
  await waitUntil("Ceph Dashboard", () => answers(url));
  return url;
}

/** Creates the key with which the dashboard calls the gateways, and its administrator. Returns the latter's password. */
async function createUsers(folder: string): Promise<string> {
  const caps = "users=*;buckets=*;usage=*;metadata=*";
  const user = await runRadosgwAdmin(folder, [
    "user",
    "create",
    "--uid=dashboard",
    "--display-name=Dashboard",
    "--system",
    `--caps=${caps}`,
  ]);
  const { accessKeyId, secretAccessKey } = readAccessKey(user);
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

async function countGateways(folder: string): Promise<number> {
  const dumped = await askCeph(folder, ["service", "dump", "--format=json"]);
  const map = JSON.parse(dumped) as { services: { rgw?: { daemons: Record<string, unknown> } } };
  return Object.values(map.services.rgw?.daemons ?? {}).filter((daemon) => typeof daemon === "object").length;
}

async function signIn(url: string, password: string): Promise<DashboardRotation> {
  const call = async (method: string, path: string, headers: Record<string, string>, body?: object) => {
    const answer = await sendHttp(method, new URL(path, url), headers, body && JSON.stringify(body));
    if (answer.status > 299) throw new Error(`Ceph Dashboard answered ${answer.status}: ${answer.body.slice(0, 200)}`);
    return answer.body;
  };
  const { token } = JSON.parse(await call("POST", "/api/auth", API, { username: "bench", password })) as {
    token: string;
  };
  const headers = { ...API, authorization: `Bearer ${token}` };
  return async (account, former) => {
    const id = createKeyId();
    const keys = `/api/rgw/user/${account}/key`;
    const newKey = { key_type: "s3", access_key: id, generate_key: "true" };
    const made = JSON.parse(await call("POST", keys, headers, newKey)) as { access_key: string; secret_key: string }[];
    const key = made.find(({ access_key: accessKeyId }) => accessKeyId === id);
    if (!key) throw new Error(`Ceph Dashboard did not make ${id}`);
    await call("DELETE", `${keys}?key_type=s3&access_key=${former.accessKeyId}`, headers);
    return { accessKeyId: id, secretAccessKey: key.secret_key };
  };
}
