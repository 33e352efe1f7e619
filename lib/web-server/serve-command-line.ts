import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { refuse } from "@/lib/web-server/refuse";
import type { Handler } from "@/lib/web-server/server";

/** Where people get the latchkey command that fits this portal. */
export const COMMAND_LINE_PATH = "/latchkey-cli.tgz";

/** Serves the npm package of the latchkey command. It holds no data, so everybody may have it. */
export function serveCommandLine(root: string): Handler {
  const path = join(root, "dist/latchkey-cli.tgz");
  const tarball = existsSync(path) ? readFileSync(path) : undefined;
  return (request, response) => {
    if (!tarball)
      return refuse(request, response, { status: 404, sentence: "The command line was not built with this portal." });
    response.writeHead(200, {
      "content-type": "application/gzip",
      "content-length": tarball.length,
      "cache-control": "no-cache",
    });
    response.end(request.method === "HEAD" ? undefined : tarball);
  };
}
