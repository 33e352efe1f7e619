import { unstable_isUnrecognizedActionError as isUnknownAction } from "next/navigation";

/** What a server action returns to its caller. */
export interface ActionResult<T> {
  data?: T;
  serverError?: { code: string; message: string; retryAfterSeconds?: number | undefined };
  validationErrors?: unknown;
}

export type Reply<T> =
  | { kind: "data"; data: T }
  /** The server answered and refused, or failed: see `isOutcomeKnown`. */
  | { kind: "refused"; code: string; message: string; retryAfterSeconds: number | undefined }
  /** No answer came, so it is not known whether anything was changed. */
  | { kind: "lost" };

const NOT_FOUND = "This does not exist any more, or you may not see it. Nothing was changed. Reload the page.";
const OUTDATED = "The portal was updated after this page was loaded. Nothing was changed. Reload the page.";
const NOT_ACCEPTED = "The portal did not accept the form. Nothing was changed. Reload the page and try again.";

/** The codes of failures in the middle of a change: it may have been carried out all the same. */
const OUTCOME_UNKNOWN = new Set(["INTERNAL", "UNAVAILABLE"]);

/** Whether the reply tells if anything was changed. */
export function isOutcomeKnown(reply: Reply<unknown>): boolean {
  return reply.kind === "data" || (reply.kind === "refused" && !OUTCOME_UNKNOWN.has(reply.code));
}

/** Whether the server answered 404. Next throws that as an error with this digest. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && "digest" in error && String(error.digest).endsWith(";404");
}

function refuse(code: string, message: string): Extract<Reply<never>, { kind: "refused" }> {
  return { kind: "refused", code, message, retryAfterSeconds: undefined };
}

/** Calls a server action and sorts its result. Never throws. */
export async function callAction<T>(call: () => Promise<ActionResult<T> | undefined>): Promise<Reply<T>> {
  let result: ActionResult<T> | undefined;
  try {
    result = await call();
  } catch (error) {
    if (isNotFound(error)) return refuse("NOT_FOUND", NOT_FOUND);
    // The page is from another version of the portal, in which the action has another id.
    return isUnknownAction(error) ? refuse("OUTDATED", OUTDATED) : { kind: "lost" };
  }
  if (result?.data !== undefined) return { kind: "data", data: result.data };
  if (result?.serverError) {
    const { code, message, retryAfterSeconds } = result.serverError;
    const when = retryAfterSeconds ? ` Try again in ${retryAfterSeconds} s.` : "";
    return { ...refuse(code, message + when), retryAfterSeconds };
  }
  if (result?.validationErrors) return refuse("BAD_INPUT", NOT_ACCEPTED);
  return { kind: "lost" };
}
