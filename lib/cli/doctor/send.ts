import { VERSION } from "@/lib/platform/config/version";

const WITHIN_MS = 20_000;
const BYTES_MAX = 64 * 1024;

/** An answer, and the clock here before and after it. */
export interface Answer {
  status: number;
  headers: Headers;
  /** At most the first 64 KiB. */
  text: string;
  before: Date;
  after: Date;
}

/** Sends a GET and follows no redirect. Throws when there is no answer. */
export async function send(url: URL, headers: Record<string, string>, now: () => Date): Promise<Answer> {
  const before = now();
  const reply = await fetch(url, {
    headers: { "user-agent": `latchkey/${VERSION}`, ...headers },
    redirect: "manual",
    signal: AbortSignal.timeout(WITHIN_MS),
  });
  const after = now();
  const text = reply.body ? await readStart(reply.body) : "";
  return { status: reply.status, headers: reply.headers, text, before, after };
}

async function readStart(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= BYTES_MAX) break;
  }
  return Buffer.concat(chunks).subarray(0, BYTES_MAX).toString("utf8");
}
