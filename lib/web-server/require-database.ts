import type { IncomingMessage } from "node:http";
import type { Pool } from "pg";
import { watchRequest } from "@/lib/platform/db/failed-requests";
import { logger } from "@/lib/platform/logger";
import { REQUEST_ID_HEADER } from "@/lib/platform/net/request-id-header";
import { type Answer, replaceFailedPage } from "@/lib/web-server/replace-failed-page";
import type { Handler } from "@/lib/web-server/server";

/** A paused database keeps a connection open and answers nothing. */
const ANSWER_WITHIN_MS = 3_000;
const TRY_AGAIN_SECONDS = 5;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="${TRY_AGAIN_SECONDS}">
<title>Latchkey</title>
</head>
<body>
<p>The portal's database does not answer. Your keys, buckets and data are as they were.</p>
<p>This page tries again by itself every ${TRY_AGAIN_SECONDS} seconds.</p>
</body>
</html>
`;

const AWAY: Answer = {
  status: 503,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "retry-after": String(TRY_AGAIN_SECONDS),
  },
  body: PAGE,
};

/**
 * Answers 503 to pages and to signing in while the database does not answer. Next cannot set the status of an error
 * page. So the database is asked before Next begins, and a page that lost the database after that is replaced. Actions,
 * polls and the API say it in their own form.
 */
export function requireDatabase(pool: Pool, handle: Handler): Handler {
  return async (request, response) => {
    if (!needsDatabase(request)) return handle(request, response);
    if (!(await answers(pool))) return void response.writeHead(AWAY.status, AWAY.headers).end(AWAY.body);
    const watched = watchRequest(String(request.headers[REQUEST_ID_HEADER]));
    response.once("close", watched.forget);
    replaceFailedPage(response, watched.hasFailed, AWAY);
    return handle(request, response);
  };
}

function needsDatabase({ method, url = "" }: IncomingMessage): boolean {
  if (url.startsWith("/api/auth/")) return true;
  const isRead = method === "GET" || method === "HEAD";
  // The last part of a page's path has no dot. The last part of a file's path has one.
  return (
    isRead && !url.startsWith("/api/") && !url.startsWith("/_next/") && !/\.[^/]*$/.test(url.split("?", 1)[0] ?? "")
  );
}

async function answers(pool: Pool): Promise<boolean> {
  try {
    // node-postgres takes the limit of one query, but its types leave it out.
    const question = { text: "SELECT 1", query_timeout: ANSWER_WITHIN_MS };
    await pool.query(question);
    return true;
  } catch (error) {
    logger.warn({ reason: error instanceof Error ? error.message : String(error) }, "the database does not answer");
    return false;
  }
}
