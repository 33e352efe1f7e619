import type { z } from "zod";
import { type OutboundRequest, sendOutbound } from "@/lib/platform/net/outbound";
import { parseJson } from "@/lib/platform/text/parse-json";
import { ProviderError, type ProviderFailure } from "@/lib/providers/errors";
import { ANSWER_MAX_BYTES, toNetworkFailure } from "@/lib/providers/network-failure";

/** What an admin API answered. */
export interface AdminAnswer {
  status: number;
  /** Undefined for what is no JSON: pages of proxies, errors of the S3 API, and empty bodies. */
  body: unknown;
  /** By how much the storage system's clock is ahead of ours. Milliseconds; to the second. */
  aheadMs: number | undefined;
}

/** Sends one request to an admin API. Throws `unavailable` or `ambiguous` when there is no answer. */
export async function askAdmin(url: URL, request: Omit<OutboundRequest, "maxBytes" | "beyond">): Promise<AdminAnswer> {
  const { status, headers, text } = await sendOutbound(url, { ...request, maxBytes: ANSWER_MAX_BYTES }).catch(
    (error: unknown) => {
      throw toNetworkFailure(error);
    },
  );
  const date = Date.parse(headers.date ?? "");
  return { status, body: parseJson(text), aheadMs: Number.isNaN(date) ? undefined : date - Date.now() };
}

/**
 * Makes what a driver reads its answers with: it gives the body in the form that it must have, throws what any other
 * status means to the driver, and `ambiguous`, in the name of `who` answered, for any other form.
 */
export function createReader(who: string, toFailure: (answer: AdminAnswer) => ProviderError) {
  return <T>(schema: z.ZodType<T>, status = 200) =>
    (answer: AdminAnswer): T => {
      if (answer.status !== status) throw toFailure(answer);
      const parsed = schema.safeParse(answer.body);
      // Without zod's error: it may quote what it was given, and that may hold secrets.
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

/** What a status that was not wanted means, where its driver knows no better. */
export function toFailureKind(status: number): ProviderFailure {
  return FAILURES[status] ?? "ambiguous";
}
