import { logger } from "@/lib/platform/logger";
import { Secret } from "@/lib/platform/secret";
import { context, newPrincipal, newSpec } from "@/lib/providers/conformance/candidate";
import { guard } from "@/lib/providers/guard";
import { createKeystoneProvider } from "@/lib/providers/keystone/keystone";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import type { ProbeAnswer, Provider, PutKeySpec } from "@/lib/providers/provider";
import { type KeystoneSession, signInToKeystone } from "./keystone-seed";
import { rememberSecrets } from "./remember-secrets";
import type { Rig, RigKeystone } from "./rig";
import type { GatewayKind } from "./settings";

/** The password of the users that tests create in Keystone. */
export const TEST_PASSWORD = "a password of a test";

/** The Keystone driver on a real Keystone, and what its tests need beside it. */
export interface KeystoneDriver {
  options: KeystoneOptions;
  keystone: RigKeystone;
  /** Keystone's first admin. */
  admin: KeystoneSession;
  /** Every secret that went to Keystone. */
  issued: readonly Secret[];
  /** The guarded driver, with other options where given. */
  connect: (changes?: Partial<KeystoneOptions>) => Provider;
  /** Creates a principal with one key. */
  createKey: () => Promise<{ provider: Provider; key: PutKeySpec }>;
  /** The answer of the gateway of this kind to a probe with the key. */
  probeAt: (kind: GatewayKind, key: Pick<PutKeySpec, "accessKeyId" | "secretAccessKey">) => Promise<ProbeAnswer>;
  /** The id of a user, a project or a role in Keystone. */
  findId: (collection: "users" | "projects" | "roles", name: string) => Promise<string>;
  /** Creates a user with TEST_PASSWORD and gives it a role in a project. */
  createUser: (name: string, role: string, project: string) => Promise<string>;
}

/** Connects the Keystone driver to a rig. Its gateways are those without a cache, which refuse a removed key soon. */
export async function connectKeystoneDriver(rig: Rig): Promise<KeystoneDriver> {
  const { keystone } = rig;
  if (!keystone) throw new Error("the rig has no Keystone");
  const admin = await signInToKeystone(keystone.url, "admin", keystone.adminPassword, "admin");
  const options = composeOptions(rig, keystone);
  const issued: Secret[] = [];
  const connect = (changes: Partial<KeystoneOptions> = {}) =>
    guard(rememberSecrets(createKeystoneProvider({ ...options, ...changes }), issued), "keystone", logger);
  const findId: KeystoneDriver["findId"] = async (collection, name) => {
    const path = `/${collection}?name=${encodeURIComponent(name)}`;
    const found = await admin.call<Record<string, { id: string }[]>>("GET", path);
    return found[collection]?.[0]?.id ?? fail(`Keystone has no ${name} among its ${collection}`);
  };
  return {
    options,
    keystone,
    admin,
    issued,
    connect,
    findId,
    async createKey() {
      const provider = connect();
      const key = newSpec(newPrincipal());
      await provider.ensurePrincipal(key.principal, "A project's name, with ' and (more)", context());
      await provider.putKey(key, context());
      return { provider, key };
    },
    probeAt(kind, { accessKeyId, secretAccessKey }) {
      const gateway = rig.gateways.find((one) => one.kind === kind) ?? fail(`the rig has no gateway ${kind}`);
      return connect().probe(gateway, accessKeyId, secretAccessKey, context());
    },
    async createUser(name, role, project) {
      const { user } = await admin.call<{ user: { id: string } }>("POST", "/users", {
        user: { name, domain_id: "default", password: TEST_PASSWORD },
      });
      const [projectId, roleId] = [await findId("projects", project), await findId("roles", role)];
      await admin.call("PUT", `/projects/${projectId}/users/${user.id}/roles/${roleId}`);
      return user.id;
    },
  };
}

function composeOptions(rig: Rig, { url, user }: RigKeystone): KeystoneOptions {
  return {
    identityUrl: url,
    userName: user.userName,
    userDomain: "Default",
    projectName: user.projectName,
    projectDomain: "Default",
    password: new Secret(user.password),
    domain: "default",
    role: "member",
    signingRegion: "default",
    endpoint: rig.gateways[0]?.endpoint ?? "",
    gateways: rig.gateways.filter(({ kind }) => kind === "uncached"),
    cacheSeconds: 0,
    keystoneRelease: undefined,
    rgw: {
      adminUrl: rig.adminUrl,
      adminPath: "admin",
      signingRegion: "default",
      accessKeyId: rig.admin.accessKeyId,
      secretAccessKey: new Secret(rig.admin.secretAccessKey),
    },
    exclusive: true,
  };
}

function fail(message: string): never {
  throw new Error(message);
}
