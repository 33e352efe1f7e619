import type { z } from "zod";
import { Secret } from "@/lib/platform/secret";
import type { AdminAnswer } from "@/lib/providers/admin-answer";
import { checkCephRgw } from "@/lib/providers/ceph-rgw/check";
import { createRotation } from "@/lib/providers/ceph-rgw/rotation";
import { accessOf, findHeldKey, findReadOnlyKey, hasSubuserOf, nameSubuser } from "@/lib/providers/ceph-rgw/subusers";
import { ProviderError } from "@/lib/providers/errors";
import { runExclusive } from "@/lib/providers/keyed-mutex";
import { assertMayWrite } from "@/lib/providers/may-write";
import { probeS3 } from "@/lib/providers/probe";
import { probeUpload } from "@/lib/providers/probe-upload";
import type { CallContext, Capabilities, Gateway, KeyRef, KeyState, KeyView, Provider } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, readBody, toFailure } from "@/lib/providers/rgw-admin/admin-ops";
import {
  newKeysWithSecretsReplySchema,
  userWithSecretsReplySchema,
  userReplySchema,
  usersReplySchema,
} from "@/lib/providers/rgw-admin/replies";
import { readBuckets, readQuota, readUsage } from "@/lib/providers/rgw-admin/stored";

export interface CephRgwOptions extends AdminAccess {
  gateways: Gateway[];
  /** The longest time for which a gateway may accept a removed key. Seconds. */
  cacheSeconds: number;
  deactivate: Capabilities["deactivate"];
  /** The release that the operator tells. */
  cephRelease?: string | undefined;
}

const USERS_PAGE = 1_000;
const PAGES_MAX = 10_000;

/**
 * The driver of Ceph's RADOS Gateway, Pacific and later. Uses the Admin Ops API; a principal is an RGW user. The portal
 * chooses the access key id. RGW chooses the secret, because a chosen secret would be in the URL, which radosgw logs. A
 * read-only key is the key of a subuser that may only read.
 */
export function createCephRgwProvider(options: CephRgwOptions): Provider {
  const call = (
    method: "GET" | "PUT" | "DELETE",
    resource: "user" | "bucket",
    query: Record<string, string>,
    context: CallContext,
  ): Promise<AdminAnswer> => callAdminOps(options, method, resource, query, context);
  // radosgw keeps all keys of a user in one record. It reads, changes and writes it: of two writes at once one is lost.
  const withPrincipalLocked = <T>(principal: string, context: CallContext, work: () => Promise<T>): Promise<T> =>
    runExclusive(`${options.adminUrl} ${principal}`, context, work);
  const keyQuery = (key: KeyRef) => ({ key: "", uid: key.principal, "key-type": "s3", "access-key": key.accessKeyId });
  const assertNotOwn = (accessKeyId: string) => {
    if (accessKeyId === options.accessKeyId)
      throw new ProviderError("invalid", "the portal itself works with this key");
  };

  /** Undefined when there is no such user. */
  const readUser = async <T>(schema: z.ZodType<T>, uid: string, context: CallContext): Promise<T | undefined> => {
    const answer = await call("GET", "user", { uid }, context);
    if (answer.status === 404 && codeOf(answer) === "NoSuchUser") return undefined;
    return readBody(schema)(answer);
  };
  const listKeys = async (principal: string, context: CallContext): Promise<KeyView[]> => {
    const user = await readUser(userReplySchema, principal, context);
    if (!user) return [];
    return user.keys.map((key) => ({
      accessKeyId: key.access_key,
      state: stateOf(key),
      access: accessOf(principal, key, user),
      tag: undefined,
      createdAt: key.create_date === undefined ? undefined : new Date(key.create_date),
      lastUsedAt: undefined,
    }));
  };
  const findKey = async (key: KeyRef, context: CallContext) =>
    findHeldKey(key, await readUser(userReplySchema, key.principal, context));

  const putFullKey = async (key: KeyRef, context: CallContext): Promise<Secret> => {
    const answer = await call("PUT", "user", { ...keyQuery(key), "generate-key": "true" }, context);
    const made = readBody(newKeysWithSecretsReplySchema)(answer).find((held) => held.access_key === key.accessKeyId);
    if (!made) throw new ProviderError("ambiguous", "the new key is not in the storage system's answer");
    // radosgw finds an existing key by its id and gives it a new secret: also a subuser's, and without such a user.
    if (made.user !== key.principal)
      throw new ProviderError("conflict", "the access key id exists with another owner or access");
    return new Secret(made.secret_key);
  };

  const putReadOnlyKey = async (key: KeyRef, context: CallContext): Promise<Secret> => {
    const before = await readUser(userReplySchema, key.principal, context);
    if (!before) throw new ProviderError("not-found", "there is no such user");
    // radosgw would give another key of this id a new secret, and answer 200.
    findReadOnlyKey(key, before);
    await assertMayWrite(context);
    const query = {
      uid: key.principal,
      subuser: key.accessKeyId,
      access: "read",
      // Without a type radosgw makes a key of Swift.
      "key-type": "s3",
      "access-key": key.accessKeyId,
      "generate-secret": "true",
    };
    const answer = await call("PUT", "user", query, context);
    if (answer.status !== 200) throw toFailure(answer);
    // The answer lists subusers only, whether the key was made or not.
    const after = await readUser(userWithSecretsReplySchema, key.principal, context).catch((error: unknown) => {
      const why = error instanceof ProviderError ? error.message : "it failed";
      throw new ProviderError("ambiguous", `the new key could not be read back: ${why}`);
    });
    const made = after && findReadOnlyKey(key, after);
    if (!made) throw new ProviderError("ambiguous", "the new key is not among the keys of its user");
    return new Secret(made.secret_key);
  };

  /** Removes what is left of a key after the removal of the key itself: the subuser of a read-only key. */
  const removeRest = async (key: KeyRef, context: CallContext): Promise<void> => {
    let left = await readUser(userReplySchema, key.principal, context);
    if (left && hasSubuserOf(key, left)) {
      await assertMayWrite(context);
      const query = { uid: key.principal, subuser: key.accessKeyId, "purge-keys": "true" };
      const answer = await call("DELETE", "user", query, context);
      if (answer.status !== 200 && codeOf(answer) !== "NoSuchSubUser") throw toFailure(answer);
      left = await readUser(userReplySchema, key.principal, context);
      if (left && hasSubuserOf(key, left))
        throw new ProviderError("ambiguous", "the key's subuser is still listed after its removal");
    }
    if (findHeldKey(key, left)) throw new ProviderError("ambiguous", "the key is still listed after its removal");
  };

  const setKeyState = (key: KeyRef, state: KeyState, context: CallContext) =>
    withPrincipalLocked(key.principal, context, async () => {
      assertNotOwn(key.accessKeyId);
      const held = await findKey(key, context);
      if (!held) throw new ProviderError("not-found", "there is no such key");
      const owner = nameSubuser(key.principal, held);
      // The default of generate-key would give the key a new secret.
      const query = { ...keyQuery(key), ...owner, active: String(state === "active"), "generate-key": "false" };
      const answer = await call("PUT", "user", query, context);
      if (answer.status !== 200) throw toFailure(answer);
      const changed = await findKey(key, context);
      if (!changed || stateOf(changed) !== state) throw new ProviderError("ambiguous", `the key is not ${state}`);
    });

  return {
    capabilities: {
      choosesId: true,
      choosesSecret: false,
      deactivate: options.deactivate,
      expiry: "none",
      overlap: true,
      lastUsed: false,
      readOnly: "objects",
      suspends: false,
      revocationBoundMs: options.cacheSeconds * 1_000,
    },

    gateways: () => options.gateways,

    check: (context) => checkCephRgw(options, options.gateways, context),

    ensurePrincipal: (principal, displayName, context) =>
      withPrincipalLocked(principal, context, async () => {
        const query = { uid: principal, "display-name": displayName, "generate-key": "false" };
        const answer = await call("PUT", "user", query, context);
        if (answer.status !== 200 && codeOf(answer) !== "UserAlreadyExists") throw toFailure(answer);
      }),

    async listPrincipals(context) {
      const ids: string[] = [];
      let marker = "";
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = { list: "", "max-entries": String(USERS_PAGE), ...(marker ? { marker } : {}) };
        const reply = await call("GET", "user", query, context).then(readBody(usersReplySchema));
        ids.push(...reply.keys);
        if (!reply.truncated) return ids;
        if (!reply.marker) break;
        marker = reply.marker;
      }
      throw new ProviderError("unavailable", "the list of users does not end");
    },

    putKey: (spec, context) =>
      withPrincipalLocked(spec.principal, context, async () => {
        assertNotOwn(spec.accessKeyId);
        return spec.access === "read-only" ? putReadOnlyKey(spec, context) : putFullKey(spec, context);
      }),

    listKeys,

    ...(options.deactivate === "key" ? { setKeyState } : {}),

    removeKey: (key, context) =>
      withPrincipalLocked(key.principal, context, async () => {
        assertNotOwn(key.accessKeyId);
        const answer = await call("DELETE", "user", keyQuery(key), context);
        const code = codeOf(answer);
        // radosgw gives the same answer for a missing key and for a refused admin credential; the list tells which.
        const perhapsAbsent = code === "InvalidAccessKeyId" || code === "NoSuchUser";
        if (answer.status !== 200 && !perhapsAbsent) throw toFailure(answer);
        await removeRest(key, context);
        return perhapsAbsent ? "absent" : "removed";
      }),

    async readSecret(key, context) {
      const found = findHeldKey(key, await readUser(userWithSecretsReplySchema, key.principal, context));
      return found && new Secret(found.secret_key);
    },

    probe: (gateway, accessKeyId, secretAccessKey, context) =>
      probeS3(gateway, options.signingRegion, accessKeyId, secretAccessKey, context),

    probeUpload: (gateway, { principal, accessKeyId }, secretAccessKey, context) =>
      probeUpload(gateway, principal, { signingRegion: options.signingRegion, accessKeyId, secretAccessKey }, context),

    ...createRotation(options),

    usage: (principal, context) => readUsage(options, principal, context),

    listBuckets: (principal, context) => readBuckets(options, principal, context),

    quota: (principal, context) => readQuota(options, principal, context),
  };
}

function stateOf(key: { active?: boolean | undefined }): KeyState {
  return key.active === false ? "inactive" : "active";
}
