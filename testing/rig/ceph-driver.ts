import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { type CephRgwOptions, createCephRgwProvider } from "@/lib/providers/ceph-rgw/ceph-rgw";
import { context, newPrincipal, newSpec } from "@/lib/providers/conformance/candidate";
import { guard } from "@/lib/providers/guard";
import type { KeyRef, Provider } from "@/lib/providers/provider";
import { runRadosgwAdmin } from "./ceph";
import { rememberSecrets } from "./remember-secrets";
import type { Rig } from "./rig";

/** The Ceph RGW driver on a real Ceph, and what its tests need beside it. */
export interface CephDriver {
  options: CephRgwOptions;
  /** Every secret that Ceph chose. */
  issued: Secret[];
  /** The guarded driver, with other options where given. */
  connect: (changes?: Partial<CephRgwOptions>) => Provider;
  /** Creates a principal with one key. */
  createKey: () => Promise<{ provider: Provider; key: KeyRef; secret: Secret }>;
  /** Runs radosgw-admin, which reads and writes the cluster without a gateway. Returns what it printed. */
  runAdmin: (args: string[]) => Promise<string>;
  /** The access key ids of an RGW user, read by radosgw-admin. */
  readKeyIds: (principal: string) => Promise<string[]>;
  /** The ids of the subusers of an RGW user, read by radosgw-admin. */
  readSubusers: (principal: string) => Promise<string[]>;
}

/** What radosgw-admin prints about a user, in part. */
interface PrintedUser {
  keys: { access_key: string }[];
  subusers: { id: string }[];
}

/** Connects the Ceph RGW driver to a rig. Its gateways are those that do not ask Keystone first. */
export function connectCephDriver(rig: Rig): CephDriver {
  const options: CephRgwOptions = {
    adminUrl: rig.adminUrl,
    adminPath: "admin",
    signingRegion: "default",
    accessKeyId: rig.admin.accessKeyId,
    secretAccessKey: new Secret(rig.admin.secretAccessKey),
    gateways: rig.gateways.filter(({ kind }) => kind !== "keystone-first"),
    cacheSeconds: 900,
    deactivate: "none",
  };
  const issued: Secret[] = [];
  const connect = (changes: Partial<CephRgwOptions> = {}) =>
    guard(rememberSecrets(createCephRgwProvider({ ...options, ...changes }), issued), "ceph", logger);
  const runAdmin = (args: string[]) => runRadosgwAdmin(rig.options.folder, args);
  const readUser = async (principal: string) =>
    JSON.parse(await runAdmin(["user", "info", `--uid=${principal}`])) as PrintedUser;
  return {
    options,
    issued,
    connect,
    runAdmin,
    async createKey() {
      const provider = connect();
      const key = newSpec(newPrincipal());
      await provider.ensurePrincipal(key.principal, "A project's name, with ' and (more)", context());
      return { provider, key, secret: await provider.putKey(key, context()) };
    },
    readKeyIds: async (principal) => (await readUser(principal)).keys.map((key) => key.access_key),
    readSubusers: async (principal) => (await readUser(principal)).subusers.map(({ id }) => id),
  };
}
