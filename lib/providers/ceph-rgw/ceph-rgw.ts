import { Secret } from "@/lib/platform/secret";
import type { AdminAnswer } from "@/lib/providers/admin-answer";
import { checkCephRgw } from "@/lib/providers/ceph-rgw/check";
import { ProviderError } from "@/lib/providers/errors";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, Capabilities, Gateway, KeyRef, KeyState, KeyView, Provider } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, readBody, toFailure } from "@/lib/providers/rgw-admin/admin-ops";
import {
  newKeysWithSecretsReplySchema,
  userWithSecretsReplySchema,
  userReplySchema,
  usersReplySchema,
} from "@/lib/providers/rgw-admin/replies";
import { readBuckets, readQuota, readUsage } from "@/lib/providers/rgw-admin/stored";
import { runExclusive } from "@/lib/providers/keyed-mutex";

export interface CephRgwOptions extends AdminAccess {
  gateways: Gateway[];
  /** The longest time for which a gateway may accept a removed key. Seconds. */
  cacheSeconds: number;
  deactivate: Capabilities["deactivate"];
}

const USERS_PAGE = 1_000;
const PAGES_MAX = 10_000;

/**
 * The driver of Ceph's RADOS Gateway, Pacific and later. Uses the Admin Ops API; a principal is an RGW user. The portal
 * chooses the access key id. RGW chooses the secret, because a chosen secret would be in the URL, which radosgw logs.
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

  const listKeys = async (principal: string, context: CallContext): Promise<KeyView[]> => {
    const answer = await call("GET", "user", { uid: principal }, context);
    if (answer.status === 404 && codeOf(answer) === "NoSuchUser") return [];
    return readBody(userReplySchema)(answer).keys.map((key) => ({
      accessKeyId: key.access_key,
      state: key.active === false ? "inactive" : "active",
      access: undefined,
      tag: undefined,
      createdAt: key.create_date === undefined ? undefined : new Date(key.create_date),
      lastUsedAt: undefined,
    }));
  };
  const findKey = async (key: KeyRef, context: CallContext) =>
    (await listKeys(key.principal, context)).find((view) => view.accessKeyId === key.accessKeyId);

  const setKeyState = (key: KeyRef, state: KeyState, context: CallContext) =>
    withPrincipalLocked(key.principal, context, async () => {
      assertNotOwn(key.accessKeyId);
      if (!(await findKey(key, context))) throw new ProviderError("not-found", "there is no such key");
      // The default of generate-key would give the key a new secret.
      const query = { ...keyQuery(key), active: String(state === "active"), "generate-key": "false" };
      const answer = await call("PUT", "user", query, context);
      if (answer.status !== 200) throw toFailure(answer);
      if ((await findKey(key, context))?.state !== state)
        throw new ProviderError("ambiguous", `the key is not ${state}`);
    });

  return {
    capabilities: {
      choosesId: true,
      choosesSecret: false,
      deactivate: options.deactivate,
      expiry: "none",
      overlap: true,
      lastUsed: false,
      readOnly: "none",
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
        if (spec.access === "read-only") throw new ProviderError("invalid", "this driver makes no read-only keys");
        const answer = await call("PUT", "user", { ...keyQuery(spec), "generate-key": "true" }, context);
        const made = readBody(newKeysWithSecretsReplySchema)(answer).find((key) => key.access_key === spec.accessKeyId);
        if (!made) throw new ProviderError("ambiguous", "the new key is not in the storage system's answer");
        return new Secret(made.secret_key);
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
        if (await findKey(key, context)) {
          throw new ProviderError("ambiguous", "the key is still listed after its removal");
        }
        return perhapsAbsent ? "absent" : "removed";
      }),

    async readSecret(key, context) {
      const answer = await call("GET", "user", { uid: key.principal }, context);
      if (answer.status === 404 && codeOf(answer) === "NoSuchUser") return undefined;
      const found = readBody(userWithSecretsReplySchema)(answer).keys.find(
        (held) => held.access_key === key.accessKeyId,
      );
      return found && new Secret(found.secret_key);
    },

    probe: (gateway, accessKeyId, secretAccessKey, context) =>
      probeS3(gateway, options.signingRegion, accessKeyId, secretAccessKey, context),

    usage: (principal, context) => readUsage(options, principal, context),

    listBuckets: (principal, context) => readBuckets(options, principal, context),

    quota: (principal, context) => readQuota(options, principal, context),
  };
}
