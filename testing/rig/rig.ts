import { randomBytes, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isFree } from "../ports";
import { adminFile, confOf, type RigAccessKey, startCeph, stopCeph } from "./ceph";
import { composeCephConf } from "./ceph-conf";
import { keystoneUrl, startKeystone, stopKeystone } from "./keystone";
import { PORTAL_USER } from "./keystone-seed";
import { answers, findRunning } from "./processes";
import { asksKeystone, assignPorts, gatewayId, type GatewayKind, type RigOptions, type RigSecrets } from "./settings";

export interface RigKeystone {
  url: string;
  adminPassword: string;
  /** Of the portal, with the role admin in its project; both are of the default domain. */
  user: { userName: string; projectName: string; password: string };
}

/** What a caller needs to know of a running rig; kept in rig.json, readable by its owner alone. */
export interface Rig {
  options: RigOptions;
  gateways: { name: string; kind: GatewayKind; endpoint: string }[];
  /** Of a user with users=*, buckets=* and usage=*. */
  admin: RigAccessKey;
  adminUrl: string;
  keystone: RigKeystone | undefined;
}

/** With the Debian packages that bring them. */
const PROGRAMS: Record<string, string> = {
  "ceph-mon": "ceph-mon",
  "ceph-osd": "ceph-osd",
  monmaptool: "ceph-base",
  radosgw: "radosgw",
  "radosgw-admin": "ceph-common",
  "keystone-manage": "python3-keystone",
  uwsgi: "uwsgi-core uwsgi-plugin-python3",
  python3: "python3",
};

/** The programs that a rig needs, and `more`, and this machine does not have. */
export function findMissingPrograms(more: string[] = []): string[] {
  return [...Object.keys(PROGRAMS), ...more].filter((name) => !existsSync(`/usr/bin/${name}`));
}

export function explainMissing(missing: string[]): string {
  const packages = missing.map((name) => PROGRAMS[name] ?? name).join(" ");
  const command = `apt-get install --no-install-recommends ${packages}`;
  return `a real Ceph and Keystone need ${missing.join(", ")}, which this machine does not have.\nOn Debian 12, as root: ${command}`;
}

/** Brings the rig up from whatever is there; does nothing to what runs. */
export async function startRig(given: RigOptions): Promise<Rig> {
  const missing = findMissingPrograms();
  if (missing.length > 0) throw new Error(explainMissing(missing));
  const options = { ...given, folder: resolve(given.folder) };
  const { folder } = options;
  for (const part of ["", "run", "log"]) mkdirSync(join(folder, part), { recursive: true, mode: 0o700 });
  assertSameOptions(options);
  await assertPortsFree(options);
  const secrets = drawSecrets(folder);
  writeFileSync(confOf(folder), composeCephConf(options, secrets), { mode: 0o600 });
  writeFileSync(optionsFile(folder), JSON.stringify(options));
  await Promise.all([startCeph(options, secrets), asksKeystone(options) ? startKeystone(options, secrets) : undefined]);
  const rig = describeRig(options, secrets);
  writeFileSync(join(folder, "rig.json"), JSON.stringify(rig, undefined, 2), { mode: 0o600 });
  return rig;
}

/** Stops what this folder's rig started. With `wipe` its state goes too. */
export async function stopRig(folder: string, { wipe = false } = {}): Promise<void> {
  const options = readOptions(folder);
  if (options) await Promise.all([stopCeph(options), stopKeystone(options)]);
  if (wipe) rmSync(folder, { recursive: true, force: true });
}

export interface RigStatus {
  name: string;
  pid: number | undefined;
  /** Undefined for what speaks no HTTP. */
  url: string | undefined;
  answers: boolean | undefined;
}

/** Each program of the folder's rig, and whether it runs and answers; [] when there never was one. */
export async function readRigStatus(folder: string): Promise<RigStatus[]> {
  const options = readOptions(folder);
  if (!options) return [];
  const ports = assignPorts(options);
  const programs: [string, string?][] = [
    ["mon"],
    ["osd"],
    ...options.gateways.map((_kind, index): [string, string] => [
      gatewayId(index),
      `http://127.0.0.1:${ports.gateways[index]}`,
    ]),
    ...(asksKeystone(options) ? [["keystone", keystoneUrl(options)] as [string, string]] : []),
  ];
  return Promise.all(
    programs.map(async ([name, url]) => {
      const pid = findRunning(options.folder, name);
      return { name, pid, url, answers: url && pid !== undefined ? await answers(url) : undefined };
    }),
  );
}

/** Everything that the gateways wrote to their logs so far. */
export function readGatewayLogs(folder: string): string {
  const logs = readdirSync(join(folder, "log")).filter((name) => name.includes("rgw"));
  return logs.map((name) => readFileSync(join(folder, "log", name), "utf8")).join("\n");
}

function describeRig(options: RigOptions, secrets: RigSecrets): Rig {
  const gateways = options.gateways.map((kind, index) => ({
    name: gatewayId(index),
    kind,
    endpoint: `http://127.0.0.1:${assignPorts(options).gateways[index]}`,
  }));
  const keystone = {
    url: keystoneUrl(options),
    adminPassword: secrets.keystoneAdminPassword,
    user: { ...PORTAL_USER, password: secrets.keystonePortalPassword },
  };
  return {
    options,
    gateways,
    admin: JSON.parse(readFileSync(adminFile(options.folder), "utf8")) as RigAccessKey,
    adminUrl: gateways[0]?.endpoint ?? "",
    keystone: asksKeystone(options) ? keystone : undefined,
  };
}

const optionsFile = (folder: string): string => join(folder, "options.json");

/** The options of the folder's rig, undefined when none was ever started there. */
export function readOptions(folder: string): RigOptions | undefined {
  const file = optionsFile(resolve(folder));
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as RigOptions) : undefined;
}

/** A mon keeps its address in its map, and Keystone the endpoints in its catalogue. */
function assertSameOptions(options: RigOptions): void {
  const known = readOptions(options.folder);
  if (!known || JSON.stringify(known) === JSON.stringify(options)) return;
  throw new Error(`the rig in ${options.folder} has other ports or gateways; take it down with --wipe first`);
}

/** A program that finds its port taken would only be seen not to answer. */
async function assertPortsFree(options: RigOptions): Promise<void> {
  const ports = assignPorts(options);
  const wanted: [string, number | undefined][] = [
    ["mon", ports.mon],
    ...options.gateways.map((_kind, index): [string, number | undefined] => [gatewayId(index), ports.gateways[index]]),
    ["keystone", asksKeystone(options) ? ports.keystone : undefined],
  ];
  for (const [name, port] of wanted) {
    if (port === undefined || findRunning(options.folder, name) || (await isFree(port))) continue;
    throw new Error(`port ${port}, which ${name} needs, is taken by another program: choose other ports`);
  }
}

function drawSecrets(folder: string): RigSecrets {
  const file = join(folder, "secrets.json");
  if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as RigSecrets;
  const secrets: RigSecrets = {
    fsid: randomUUID(),
    osdUuid: randomUUID(),
    keystoneAdminPassword: randomBytes(24).toString("base64url"),
    keystoneGatewayPassword: randomBytes(24).toString("base64url"),
    keystonePortalPassword: randomBytes(24).toString("base64url"),
  };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
