import { getRequestListener } from "@hono/node-server";
import next from "next";
import { API_PATH, createApi } from "@/lib/api/app";
import { findRoot } from "@/lib/platform/config/find-root";
import { env } from "@/lib/platform/env";
import { onStop } from "@/lib/platform/lifecycle";
import { logger } from "@/lib/platform/logger";
import { close, createWebServer, type Handler, listen, refuseUnreadablePaths } from "@/lib/web-server/server";

/** Whether this is `npm run dev`: Next then compiles pages when they are asked for. */
const dev = process.env.NODE_ENV === "development";

async function main(): Promise<void> {
  const app = next({ dev, dir: findRoot(), hostname: env.HOST, port: env.PORT });
  const showPage = refuseUnreadablePaths(app.getRequestHandler());
  // Next has its own idea of what a request is.
  const answerProgram = getRequestListener(createApi().fetch, { overrideGlobalObjects: false });
  const handle: Handler = (request, response) =>
    request.url?.startsWith(`${API_PATH}/`) ? answerProgram(request, response) : showPage(request, response);
  const server = createWebServer({ publicUrl: env.LATCHKEY_URL, trustedProxies: env.LATCHKEY_TRUSTED_PROXIES }, handle);
  onStop(async () => {
    // A page in development keeps a connection open that tells it of changes: waiting for its end would be in vain.
    if (server.listening && !dev) await close(server);
    await app.close();
  });
  await app.prepare();
  await listen(server, env.HOST, env.PORT);
  logger.info({ host: env.HOST, port: env.PORT }, "web ready");
}

main().catch((error: unknown) => {
  logger.fatal({ err: error }, "the web server could not start");
  process.exit(1);
});
