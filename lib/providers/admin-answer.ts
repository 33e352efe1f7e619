import type { z } from "zod";
import { type OutboundRequest, sendOutbound } from "@/lib/platform/net/outbound";
import { parseJson } from "@/lib/platform/text/parse-json";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import { ANSWER_MAX_BYTES, toNetworkFailure } from "@/lib/providers/network-failure";

/** The answer of an admin API. */
export interface AdminAnswer {
  status: number;
  /** The parsed JSON. Undefined for anything else: a page of a proxy, an error of the S3 API, an empty body. */
  body: unknown;
  /** How far the storage system's clock is ahead of ours. Milliseconds, exact to the second. */
  aheadMs: number | undefined;
  /** The header Server. */
  server: string | undefined;
}

/** Sends one request to an admin API. Throws `unavailable` or `ambiguous` when no answer comes. */
export async function askAdmin(url: URL, request: Omit<OutboundRequest, "maxBytes" | "beyond">): Promise<AdminAnswer> {
  const { status, headers, text } = await sendOutbound(url, { ...request, maxBytes: ANSWER_MAX_BYTES }).catch(
    (error: unknown) => {
      throw toNetworkFailure(error);
    },
  );
  const date = Date.parse(headers.date ?? "");
  const aheadMs = Number.isNaN(date) ? undefined : date - Date.now();
  return { status, body: parseJson(text), aheadMs, server: [headers.server].flat()[0] };
}

/**
 * Creates the function with which a driver reads its answers. It returns the body when it has the given form. It throws
 * what `toFailure` makes of any status but the expected one, and `ambiguous` for a body of another form. `who` begins
 * that error's message: "the storage system's".
 */
export function createReader(who: string, toFailure: (answer: AdminAnswer) => ProviderError) {
  return <T>(schema: z.ZodType<T>, status = 200) =>
    (answer: AdminAnswer): T => {
      if (answer.status !== status) throw toFailure(answer);
      const parsed = schema.safeParse(answer.body);
      // Zod's own error is left out: it may quote the body, which may hold secrets.
      if (!parsed.success) throw new ProviderError("ambiguous", `${who} answer is not of the known form`);
      return parsed.data;
    };
}

const FAILURES: Record<number, ProviderFailure> = {
  400: "invalid",
  401: "denied",
  403: "denied",
  404: "not-found",
  405: "invalid",
  409: "conflict",
  413: "invalid",
  422: "invalid",
  429: "throttled",
};

/** What an unexpected status means, where the driver has no rule of its own for it. */
export function toFailureKind(status: number): ProviderFailure {
  return FAILURES[status] ?? "ambiguous";
}
