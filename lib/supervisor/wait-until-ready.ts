import { connect } from "node:net";
import type { WantedPort } from "@/lib/supervisor/ports";

const POLL_MS = 50;
const ANSWER_WITHIN_MS = 5_000;

/**
 * Waits until every port accepts connections and the portal answers its health check. Returns false when that takes
 * longer than `timeoutMs`.
 */
export async function waitUntilReady(url: string, ports: WantedPort[], timeoutMs: number): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    const open = await Promise.all(ports.filter(({ optional }) => !optional).map(isOpen));
    if (open.every(Boolean) && (await isReady(`${url}/api/health`))) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

function isOpen({ port, host }: WantedPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    // The body is read to its end: a connection with a half-read response would keep the server from stopping.
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
