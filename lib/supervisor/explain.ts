/**
 * The text of an error for an operator: its message, and the cause's message unless the message contains it. With
 * LOG_LEVEL debug or trace, the stack.
 */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/^(debug|trace)$/.test(process.env.LOG_LEVEL ?? "")) return error.stack ?? error.message;
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return error.message.includes(cause) ? error.message : `${error.message}\n${cause}`;
}
