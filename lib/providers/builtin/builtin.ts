import type { z } from "zod";
import { type OutboundRequest, sendOutbound } from "@/lib/platform/outbound";
import type { Secret } from "@/lib/platform/secret";
import {
  accountsReplySchema,
  bucketsReplySchema,
  errorReplySchema,
  keysReplySchema,
  regionReplySchema,
  usageReplySchema,
} from "@/lib/providers/builtin/admin-api";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import { ANSWER_MAX_BYTES, toNetworkFailure } from "@/lib/providers/network-failure";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, Capabilities, Gateway, Provider } from "@/lib/providers/provider";

export interface BuiltinOptions {
  region: string;
  signingRegion: string;
  adminUrl: string;
  adminToken: Secret;
  gateways: Gateway[];
}

const CAPABILITIES: Capabilities = {
  choosesId: true,
  choosesSecret: true,
  deactivate: "key",
  expiry: "native",
  overlap: true,
  lastUsed: true,
  suspends: false,
  // The server looks the key up on every request; there is no cache between.
  revocationBoundMs: 1_000,
};

const ACCOUNTS_PAGE = 500;
const PAGES_MAX = 10_000;

/** The driver of the built-in evaluation server: its admin API over HTTP, one account a project. */
export function createBuiltinProvider(options: BuiltinOptions): Provider {
  const regionPath = `/v1/regions/${encodeURIComponent(options.region)}`;
  const accountPath = (principal: string) => `${regionPath}/accounts/${encodeURIComponent(principal)}`;
  const keyPath = (principal: string, id: string) => `${accountPath(principal)}/keys/${encodeURIComponent(id)}`;
  const call = (method: OutboundRequest["method"], path: string, context: CallContext, body?: object) =>
    callAdmin(options, method, path, context, body);

  return {
    capabilities: CAPABILITIES,

    gateways: () => options.gateways,

    async check(context) {
      const region = await call("GET", regionPath, context).then(expect200(regionReplySchema));
      if (region.signingRegion !== options.signingRegion) {
        throw new ProviderError("invalid", `the server signs for ${region.signingRegion}`);
      }
      return { findings: {}, warnings: [] };
    },

    async ensurePrincipal(principal, displayName, context) {
      const answer = await call("PUT", accountPath(principal), context, { displayName });
      if (answer.status !== 200 && answer.status !== 201) throw failure(answer);
    },

    async listPrincipals(context) {
      const ids: string[] = [];
      let cursor: string | null | undefined;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        const query = new URLSearchParams({ limit: String(ACCOUNTS_PAGE), ...(cursor ? { cursor } : {}) });
        const reply = await call("GET", `${regionPath}/accounts?${query}`, context).then(expect200(accountsReplySchema));
        ids.push(...reply.accounts.map((account) => account.id));
        cursor = reply.next;
        if (!cursor) return ids;
      }
      throw new ProviderError("unavailable", "the list of accounts does not end");
    },

    async putKey(spec, context) {
      const answer = await call("PUT", keyPath(spec.principal, spec.accessKeyId), context, {
        secretAccessKey: spec.secretAccessKey.reveal(),
        marker: spec.marker,
      });
      if (answer.status !== 200 && answer.status !== 201) throw failure(answer);
      return spec.secretAccessKey;
    },

    async listKeys(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/keys`, context);
      if (answer.status === 404 && codeOf(answer) === "NoSuchAccount") return [];
      return expect200(keysReplySchema)(answer).keys.map((key) => ({
        accessKeyId: key.accessKeyId,
        state: key.state,
        marker: key.marker ?? undefined,
        createdAt: new Date(key.createdAt),
        lastUsedAt: key.lastUsed ? new Date(key.lastUsed.at) : undefined,
      }));
    },

    async setKeyState(key, state, context) {
      const answer = await call("PATCH", keyPath(key.principal, key.accessKeyId), context, { state });
      if (answer.status !== 200) throw failure(answer);
    },

    async removeKey(key, context) {
      const answer = await call("DELETE", keyPath(key.principal, key.accessKeyId), context);
      const code = codeOf(answer);
      const absent = answer.status === 404 && (code === "NoSuchKey" || code === "NoSuchAccount");
      if (answer.status !== 204 && !absent) throw failure(answer);
      const left = await this.listKeys(key.principal, context);
      if (left.some((view) => view.accessKeyId === key.accessKeyId)) {
        throw new ProviderError("ambiguous", "the key is still listed after its removal");
      }
      return absent ? "absent" : "removed";
    },

    probe: (gateway, accessKeyId, secretAccessKey, context) =>
      probeS3(gateway, options.signingRegion, accessKeyId, secretAccessKey, context),

    async usage(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/usage`, context);
      const usage = expect200(usageReplySchema)(answer);
      return {
        buckets: usage.buckets,
        objects: usage.objects,
        bytes: BigInt(usage.bytes),
        asOf: new Date(usage.asOf),
      };
    },

    async listBuckets(principal, context) {
      const answer = await call("GET", `${accountPath(principal)}/buckets`, context);
      return expect200(bucketsReplySchema)(answer).buckets.map((bucket) => ({
        name: bucket.name,
        createdAt: new Date(bucket.createdAt),
        objects: bucket.objects,
        bytes: BigInt(bucket.bytes),
      }));
    },
  };
}

interface Answer {
  status: number;
  body: unknown;
}

async function callAdmin(
  options: BuiltinOptions,
  method: OutboundRequest["method"],
  path: string,
  context: CallContext,
  body?: object,
): Promise<Answer> {
  const request = {
    method,
    headers: {
      authorization: `Bearer ${options.adminToken.reveal()}`,
      "x-request-id": context.requestId,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: context.signal,
    maxBytes: ANSWER_MAX_BYTES,
  };
  const { status, text } = await sendOutbound(new URL(path, options.adminUrl), request).catch((error: unknown) => {
    throw toNetworkFailure(error);
  });
  if (status === 204) return { status, body: undefined };
  try {
    return { status, body: JSON.parse(text) as unknown };
  } catch {
    throw new ProviderError("ambiguous", `the storage system answered ${status} with something that is not JSON`);
  }
}

function expect200<T>(schema: z.ZodType<T>): (answer: Answer) => T {
  return (answer) => {
    if (answer.status !== 200) throw failure(answer);
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) throw new ProviderError("ambiguous", "the storage system's answer is not of the known form");
    return parsed.data;
  };
}

function codeOf(answer: Answer): string | undefined {
  const parsed = errorReplySchema.safeParse(answer.body);
  return parsed.success ? parsed.data.error.code : undefined;
}

const FAILURES: Record<number, ProviderFailure> = {
  400: "invalid",
  401: "denied",
  403: "denied",
  404: "not-found",
  409: "conflict",
  413: "invalid",
  422: "invalid",
  429: "throttled",
};

function failure(answer: Answer): ProviderError {
  const kind = FAILURES[answer.status] ?? "ambiguous";
  return new ProviderError(kind, `the storage system answered ${answer.status} ${codeOf(answer) ?? ""}`.trim(), {
    status: answer.status,
  });
}
