import type { z } from "zod";
import { type OutboundRequest, sendOutbound } from "@/lib/platform/outbound";
import type { Secret } from "@/lib/platform/secret";
import { errorReplySchema } from "@/lib/providers/builtin/admin-api";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import { ANSWER_MAX_BYTES, toNetworkFailure } from "@/lib/providers/network-failure";
import type { CallContext } from "@/lib/providers/provider";

/** Where the admin API is, and what it asks for. */
export interface BuiltinAccess {
  adminUrl: string;
  adminToken: Secret;
}

export interface Answer {
  status: number;
  body: unknown;
}

/** Sends one request. Throws when there is no answer, or none in JSON. */
export async function callAdmin(
  access: BuiltinAccess,
  method: OutboundRequest["method"],
  path: string,
  context: CallContext,
  body?: object,
): Promise<Answer> {
  const request = {
    method,
    headers: {
      authorization: `Bearer ${access.adminToken.reveal()}`,
      "x-request-id": context.requestId,
      ...(body ? { "content-type": "application/json" } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: context.signal,
    maxBytes: ANSWER_MAX_BYTES,
  };
  const { status, text } = await sendOutbound(new URL(path, access.adminUrl), request).catch((error: unknown) => {
    throw toNetworkFailure(error);
  });
  if (status === 204) return { status, body: undefined };
  try {
    return { status, body: JSON.parse(text) as unknown };
  } catch {
    throw new ProviderError("ambiguous", `the storage system answered ${status} with something that is not JSON`);
  }
}

/** The body of a 200 in the form it must have. Throws what any other answer means. */
export function expect200<T>(schema: z.ZodType<T>): (answer: Answer) => T {
  return (answer) => {
    if (answer.status !== 200) throw toFailure(answer);
    const parsed = schema.safeParse(answer.body);
    if (!parsed.success) throw new ProviderError("ambiguous", "the storage system's answer is not of the known form");
    return parsed.data;
  };
}

export function codeOf(answer: Answer): string | undefined {
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

export function toFailure(answer: Answer): ProviderError {
  const kind = FAILURES[answer.status] ?? "ambiguous";
  return new ProviderError(kind, `the storage system answered ${answer.status} ${codeOf(answer) ?? ""}`.trim(), {
    status: answer.status,
  });
}
