/** What an operator reads of an error. Messages are written to be read; the stack is for whoever asks for more. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (/^(debug|trace)$/.test(process.env.LOG_LEVEL ?? "")) return error.stack ?? error.message;
  const cause = error.cause instanceof Error ? error.cause.message : "";
  return error.message.includes(cause) ? error.message : `${error.message}\n${cause}`;
}
