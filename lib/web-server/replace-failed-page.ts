import type { ServerResponse } from "node:http";

/** The headers with which a page describes its body. They do not fit another body. */
const ABOUT_THE_BODY = ["content-encoding", "content-length", "transfer-encoding", "etag", "link", "vary"];

/** A whole answer. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends another answer in place of a status of 500, if `isReplaced` says so when the 500 begins. Next has no way to
 * choose the status of a page that failed. Whatever Next sends as the body of the 500 is thrown away.
 */
export function replaceFailedPage(response: ServerResponse, isReplaced: () => boolean, answer: Answer): void {
  const writeHead = response.writeHead.bind(response);
  const flushHeaders = response.flushHeaders.bind(response);
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  let replaced = false;

  /** Whether the other answer has been sent. Sends it when the time has come. */
  function isOver(status: number): boolean {
    if (replaced || response.headersSent || status !== 500 || !isReplaced()) return replaced;
    replaced = true;
    for (const name of ABOUT_THE_BODY) response.removeHeader(name);
    writeHead(answer.status, answer.headers);
    end(answer.body);
    return true;
  }

  Object.assign(response, {
    writeHead: (...args: Parameters<typeof writeHead>) => (isOver(args[0]) ? response : writeHead(...args)),
    flushHeaders: () => void (isOver(response.statusCode) || flushHeaders()),
    write: (...args: Parameters<typeof write>) => isOver(response.statusCode) || write(...args),
    end: (...args: Parameters<typeof end>) => (isOver(response.statusCode) ? response : end(...args)),
  });
}
