import type { Server as Listener } from "node:net";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { createApi, describeApi } from "@/lib/api/app";
import { createDocs } from "@/lib/api/docs";
import { createIdentityApi } from "@/lib/api/openstack/app";
import { isApiUrl, isDocsUrl, isIdentityUrl } from "@/lib/api/paths";
import { findRoot } from "@/lib/platform/config/find-root";
import { findSecondHost } from "@/lib/platform/config/resolve-settings";
import { pool } from "@/lib/platform/db/client";
import { describeProblems, findUrlProblem } from "@/lib/platform/config/settings";
import { env } from "@/lib/platform/env";
import { onStop } from "@/lib/platform/lifecycle";
import { logger } from "@/lib/platform/logger";
import { COMMAND_LINE_PATH, serveCommandLine } from "@/lib/web-server/serve-command-line";
import { judgeByRoute } from "@/lib/web-server/admit-request";
import { readActionIds } from "@/lib/web-server/read-action-ids";
import { requireDatabase } from "@/lib/web-server/require-database";
import { listenToo } from "@/lib/web-server/second-address";
import { close, createWebServer, type Handler, listen } from "@/lib/web-server/server";

/** Whether this process belongs to `npm run dev`. Next then compiles pages on request. */
const dev = process.env.NODE_ENV === "development";

async function main(): Promise<void> {
  // A web process may run without the supervisor, which checks this too.
  const problem = findUrlProblem(env);
  if (problem) throw new Error(describeProblems([{ path: ["LATCHKEY_URL"], message: problem }]));
  const app = next({ dev, dir: findRoot(), hostname: env.HOST, port: env.PORT });
  const showPage = requireDatabase(pool, app.getRequestHandler());
  // Hono's listener must not replace the global Request and Response: Next needs its own.
  const options = { overrideGlobalObjects: false };
  const api = createApi();
  const answerProgram = getRequestListener(api.fetch, options);
  const answerOpenstack = getRequestListener(createIdentityApi().fetch, options);
  const showDocs = getRequestListener(createDocs(describeApi(api)).fetch, options);
  const giveCommandLine = serveCommandLine(findRoot());
  const handle: Handler = (request, response) => {
    const { url = "" } = request;
    if (url === COMMAND_LINE_PATH) return giveCommandLine(request, response);
    if (isApiUrl(url)) return answerProgram(request, response);
    if (isIdentityUrl(url)) return answerOpenstack(request, response);
    return isDocsUrl(url) ? showDocs(request, response) : showPage(request, response);
  };
  const settings = { publicUrl: env.LATCHKEY_URL, trustedProxies: env.LATCHKEY_TRUSTED_PROXIES };
  // Next's development server has routes of its own, which change from version to version.
  const judge = dev
    ? undefined
    : judgeByRoute({ publicUrl: new URL(env.LATCHKEY_URL), actions: readActionIds(findRoot()) });
  const server = createWebServer({ ...settings, judge }, handle);
  let second: Listener | undefined;
  onStop(async () => {
    // In development, each page keeps a connection open to hear of changes. Waiting for these connections would not
    // end.
    if (server.listening && !dev) await close(server, second);
    await app.close();
  });
  await app.prepare();
  await listen(server, env.HOST, env.PORT);
  const secondHost = findSecondHost(env);
  if (secondHost) second = await listenToo(server, secondHost, env.PORT);
  logger.info({ host: env.HOST, port: env.PORT }, "web ready");
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, "the web server could not start");
  process.exit(1);
});
