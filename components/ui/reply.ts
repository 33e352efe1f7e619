/** What a server action answers. */
export interface ActionReply<T> {
  data?: T;
  serverError?: { code: string; message: string; retryAfterSeconds?: number | undefined };
  validationErrors?: unknown;
}

export type Reply<T> =
  | { kind: "data"; data: T }
  /** The server answered and refused; nothing is in doubt. */
  | { kind: "refused"; code: string; message: string; retryAfterSeconds: number | undefined }
  /** No answer came: what happened is not known. */
  | { kind: "lost" };

const NOT_FOUND = "This is not there any more, or not for you. Nothing was changed; reload the page.";

/** The server answered 404, which Next hands on as an error with this digest. */
function isNotFound(error: unknown): boolean {
  return error instanceof Error && "digest" in error && String(error.digest).endsWith(";404");
}

/** Calls an action and sorts its answer. Never throws. */
export async function ask<T>(call: () => Promise<ActionReply<T> | undefined>): Promise<Reply<T>> {
  let reply: ActionReply<T> | undefined;
  try {
    reply = await call();
  } catch (error) {
    return isNotFound(error)
      ? { kind: "refused", code: "NOT_FOUND", message: NOT_FOUND, retryAfterSeconds: undefined }
      : { kind: "lost" };
  }
  if (reply?.data !== undefined) return { kind: "data", data: reply.data };
  if (reply?.serverError) {
    const { code, message, retryAfterSeconds } = reply.serverError;
    const when = retryAfterSeconds ? ` Try again in ${retryAfterSeconds} s.` : "";
    return { kind: "refused", code, message: message + when, retryAfterSeconds };
  }
  if (reply?.validationErrors) {
    const message = "The portal did not accept the form. Nothing was changed; reload the page and try again.";
    return { kind: "refused", code: "BAD_INPUT", message, retryAfterSeconds: undefined };
  }
  return { kind: "lost" };
}
