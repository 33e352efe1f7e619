import { ProviderError } from "@/lib/providers/errors";
import { checkKeystone } from "@/lib/providers/keystone/check";
import {
  accessKeyIdOf,
  deleteCredential,
  findCredential,
  type StoredCredential,
  listCredentials,
  createCredential,
} from "@/lib/providers/keystone/credentials";
import {
  assertDomain,
  ensureRobot,
  findProject,
  findRobot,
  listRobots,
  type RobotAccess,
} from "@/lib/providers/keystone/robots";
import { createRotation } from "@/lib/providers/keystone/rotation";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import { setSuspended, suspendProject } from "@/lib/providers/keystone/suspension";
import { assertMayWrite } from "@/lib/providers/may-write";
import { probeS3 } from "@/lib/providers/probe";
import { probeUpload } from "@/lib/providers/probe-upload";
import type { CallContext, KeyRef, KeyView, Provider } from "@/lib/providers/provider";
import type { AdminAccess } from "@/lib/providers/rgw-admin/admin-ops";
import { readBuckets, readQuota, readUsage } from "@/lib/providers/rgw-admin/stored";

/** The bound of gateways without a cache, which ask Keystone at every request. */
const NO_CACHE_BOUND_MS = 1_000;

/**
 * The driver of OpenStack's Keystone. A principal is a project with a robot user of the same name; a key is an ec2
 * credential of the robot. With access to the Admin Ops API of the radosgw that asks this Keystone, the driver also
 * reads usage and suspends. In radosgw a principal is the user whose uid is the project's id.
 */
export function createKeystoneProvider(options: KeystoneOptions): Provider {
  const { rgw } = options;

  const listKeys = async (principal: string, context: CallContext): Promise<KeyView[]> => {
    const robot = await findRobot(options, principal, context);
    if (!robot) {
      await assertDomain(options, context);
      return [];
    }
    return (await listCredentials(options, robot.id, context)).map((credential) => ({
      accessKeyId: accessKeyIdOf(credential),
      state: "active",
      access: undefined,
      tag: undefined,
      createdAt: undefined,
      lastUsedAt: undefined,
    }));
  };

  /** The credential, if it belongs to the principal. */
  const findOwnCredential = async (
    { principal, accessKeyId }: KeyRef,
    context: CallContext,
  ): Promise<StoredCredential | undefined> => {
    const stored = await findCredential(options, accessKeyId, context);
    if (!stored) return undefined;
    const robot = await findRobot(options, principal, context);
    // Without the robot's id the owner of the key is unknown, and the key may work.
    if (!robot) throw new ProviderError("conflict", "the key exists, and its principal does not");
    return stored.userId === robot.id ? stored : undefined;
  };

  return {
    capabilities: {
      choosesId: true,
      choosesSecret: true,
      deactivate: "none",
      expiry: "none",
      overlap: true,
      lastUsed: false,
      readOnly: "none",
      suspends: rgw !== undefined && options.exclusive,
      revocationBoundMs: Math.max(options.cacheSeconds * 1_000, NO_CACHE_BOUND_MS),
    },

    gateways: () => options.gateways,

    check: (context) => checkKeystone(options, context),

    ensurePrincipal: (principal, displayName, context) => ensureRobot(options, principal, displayName, context),

    listPrincipals: (context) => listRobots(options, context),

    async putKey({ principal, accessKeyId, secretAccessKey, access }, context) {
      if (access === "read-only") throw new ProviderError("invalid", "Keystone has no read-only keys");
      const [project, robot] = await Promise.all([
        findProject(options, principal, context),
        findRobot(options, principal, context),
      ]);
      if (!project || !robot)
        throw new ProviderError("not-found", "the principal has no project or no robot in Keystone");
      await assertMayWrite(context);
      await createCredential(
        options,
        { userId: robot.id, projectId: project.id, accessKeyId, secretAccessKey },
        context,
      );
      return secretAccessKey;
    },

    listKeys,

    async removeKey(key, context) {
      const own = await findOwnCredential(key, context);
      const removed = own ? await deleteCredential(options, key.accessKeyId, context) : false;
      const left = await listKeys(key.principal, context);
      if (left.some((view) => view.accessKeyId === key.accessKeyId)) {
        throw new ProviderError("ambiguous", "the key is still listed after its removal");
      }
      return removed ? "removed" : "absent";
    },

    async readSecret(key, context) {
      const own = await findOwnCredential(key, context);
      if (own && !own.secretAccessKey) throw new ProviderError("invalid", "the key's credential holds no secret");
      return own?.secretAccessKey;
    },

    probe: (gateway, accessKeyId, secretAccessKey, context) =>
      probeS3(gateway, options.signingRegion, accessKeyId, secretAccessKey, context),

    probeUpload: (gateway, { principal, accessKeyId }, secretAccessKey, context) =>
      probeUpload(gateway, principal, { signingRegion: options.signingRegion, accessKeyId, secretAccessKey }, context),

    ...createRotation(options),
    ...(rgw ? createFigures(options, rgw) : {}),
    ...(rgw && options.exclusive ? createSuspension({ ...options, rgw }) : {}),
  };
}

/** RGW does not know a project before its first request: then nothing is stored, and there is no quota. */
function createFigures(options: RobotAccess, rgw: AdminAccess): Pick<Provider, "usage" | "listBuckets" | "quota"> {
  const ask = async <T>(
    read: (access: AdminAccess, uid: string, context: CallContext) => Promise<T>,
    unused: () => T,
    principal: string,
    context: CallContext,
  ): Promise<T> => {
    const project = await requireProject(options, principal, context);
    return read(rgw, project, context).catch((error: unknown) => {
      if (error instanceof ProviderError && error.failure === "not-found") return unused();
      throw error;
    });
  };
  return {
    usage: (principal, context) =>
      ask(readUsage, () => ({ buckets: 0, objects: 0, bytes: 0n, asOf: new Date() }), principal, context),
    listBuckets: (principal, context) => ask(readBuckets, () => [], principal, context),
    quota: (principal, context) => ask(readQuota, () => ({ bytes: undefined, objects: undefined }), principal, context),
  };
}

function createSuspension(
  options: RobotAccess & { rgw: AdminAccess },
): Required<Pick<Provider, "suspendPrincipal" | "resumePrincipal">> {
  /** The project's id. Undefined, and nothing to suspend, when a change ended before it created the project. */
  const findProjectId = async (principal: string, context: CallContext): Promise<string | undefined> => {
    const project = await findProject(options, principal, context);
    if (!project) await assertDomain(options, context);
    return project?.id;
  };
  return {
    async suspendPrincipal(principal, accessKeyIds, context) {
      const project = await findProjectId(principal, context);
      if (project !== undefined) await suspendProject(options, project, accessKeyIds, context);
    },
    async resumePrincipal(principal, context) {
      const project = await findProjectId(principal, context);
      if (project !== undefined) await setSuspended(options.rgw, project, false, context);
    },
  };
}

async function requireProject(options: RobotAccess, principal: string, context: CallContext): Promise<string> {
  const project = await findProject(options, principal, context);
  if (!project) throw new ProviderError("not-found", "the principal has no project in Keystone");
  return project.id;
}
