import type { OutboundRequest } from "@/lib/platform/net/outbound";
import {
  accountsReplySchema,
  bucketsReplySchema,
  keysReplySchema,
  usageReplySchema,
} from "@/lib/providers/builtin/admin-api";
import { type BuiltinAccess, callAdmin, codeOf, readBody, toFailure } from "@/lib/providers/builtin/call-admin";
import { checkBuiltin } from "@/lib/providers/builtin/check";
import { ProviderError } from "@/lib/providers/errors";
import { probeS3 } from "@/lib/providers/probe";
import { probeUpload } from "@/lib/providers/probe-upload";
import type { CallContext, Capabilities, Gateway, Provider } from "@/lib/providers/provider";

export interface BuiltinOptions extends BuiltinAccess {
  region: string;
  signingRegion: string;
  gateways: Gateway[];
  /** The id of the store in which the keys were made; undefined before the first check. */
  store?: string | undefined;
}

const CAPABILITIES: Capabilities = {
  choosesId: true,
  choosesSecret: true,
  deactivate: "key",
  expiry: "native",
  overlap: true,
  lastUsed: true,
  readOnly: "all",
  suspends: false,
  // The server reads the key at every request, without a cache.
  revocationBoundMs: 1_000,
};

const ACCOUNTS_PAGE = 500;
const PAGES_MAX = 10_000;

/** The driver of the built-in evaluation server. Uses its admin API over HTTP; a principal is an account there. */
export function createBuiltinProvider(options: BuiltinOptions): Provider {
  const regionPath = `/v1/regions/${encodeURIComponent(options.region)}`;
  const accountPath = (principal: string) => `${regionPath}/accounts/${encodeURIComponent(principal)}`;
  const keyPath = (principal: string, id: string) => `${accountPath(principal)}/keys/${encodeURIComponent(id)}`;
  const call = (method: OutboundRequest["method"], path: string, context: CallContext, body?: object) =>
    callAdmin(options, method, path, context, body);

  return {
    capabilities: CAPABILITIES,

    gateways: () => options.gateways,

    check: (context) => {
      const { region: name, signingRegion, gateways, store } = options;
      return checkBuiltin(options, { name, signingRegion, path: regionPath, store }, gateways, context);
    },

    async ensurePrincipal(principal, displayName, context) {
      const answer = await call("PUT", accountPath(principal), context, { displayName });
      if (answer.status !== 200 && answer.status !== 201) throw toFailure(answer);
    },

    async listPrincipals(context) {
      const ids: string[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = new URLSearchParams({ limit: String(ACCOUNTS_PAGE), ...(cursor ? { cursor } : {}) });
        const reply = await call("GET", `${regionPath}/accounts?${query}`, context).then(readBody(accountsReplySchema));
        ids.push(...reply.accounts.map((account) => account.id));
        cursor = reply.next;
        if (!cursor) return ids;
      }
      throw new ProviderError("unavailable", "the list of accounts does not end");
    },

    async putKey(spec, context) {
      const answer = await call("PUT", keyPath(spec.principal, spec.accessKeyId), context, {
        secretAccessKey: spec.secretAccessKey.reveal(),
        tag: spec.tag,
        notAfter: spec.notAfter?.toISOString(),
        access: spec.access,
      });
      if (answer.status !== 200 && answer.status !== 201) throw toFailure(answer);
      return spec.secretAccessKey;
    },

    async listKeys(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/keys`, context);
      if (answer.status === 404 && codeOf(answer) === "NoSuchAccount") return [];
      return readBody(keysReplySchema)(answer).keys.map((key) => ({
        accessKeyId: key.accessKeyId,
        state: key.state,
        access: key.access,
        tag: key.tag ?? undefined,
        createdAt: new Date(key.createdAt),
        lastUsedAt: key.lastUsed ? new Date(key.lastUsed.at) : undefined,
      }));
    },

    async setKeyState(key, state, context) {
      const answer = await call("PATCH", keyPath(key.principal, key.accessKeyId), context, { state });
      if (answer.status !== 200) throw toFailure(answer);
    },

    async setKeyExpiry(key, notAfter, context) {
      const body = { notAfter: notAfter?.toISOString() ?? null };
      const answer = await call("PATCH", keyPath(key.principal, key.accessKeyId), context, body);
      if (answer.status !== 200) throw toFailure(answer);
    },

    async removeKey(key, context) {
      const answer = await call("DELETE", keyPath(key.principal, key.accessKeyId), context);
      const code = codeOf(answer);
      const absent = answer.status === 404 && (code === "NoSuchKey" || code === "NoSuchAccount");
      if (answer.status !== 204 && !absent) throw toFailure(answer);
      const left = await this.listKeys(key.principal, context);
      if (left.some((view) => view.accessKeyId === key.accessKeyId)) {
        throw new ProviderError("ambiguous", "the key is still listed after its removal");
      }
      return absent ? "absent" : "removed";
    },

    probe: (gateway, accessKeyId, secretAccessKey, context) =>
      probeS3(gateway, options.signingRegion, accessKeyId, secretAccessKey, context),

    probeUpload: (gateway, { principal, accessKeyId }, secretAccessKey, context) =>
      probeUpload(gateway, principal, { signingRegion: options.signingRegion, accessKeyId, secretAccessKey }, context),

    async usage(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/usage`, context);
      const usage = readBody(usageReplySchema)(answer);
      return {
        buckets: usage.buckets,
        objects: usage.objects,
        bytes: BigInt(usage.bytes),
        asOf: new Date(usage.asOf),
      };
    },

    async listBuckets(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/buckets`, context);
      return readBody(bucketsReplySchema)(answer).buckets.map((bucket) => ({
        name: bucket.name,
        createdAt: new Date(bucket.createdAt),
        objects: bucket.objects,
        bytes: BigInt(bucket.bytes),
      }));
    },
  };
}
