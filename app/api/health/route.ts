import { loadHealth } from "@/lib/installation/loaders";
import { maySeeHealthDetails } from "@/lib/gate/health";
import { logger } from "@/lib/platform/logger";
import { VERSION } from "@/lib/platform/config/version";

const FRESH = { "cache-control": "no-store" };

/** 200 while the database is usable, 503 otherwise. Details only from this machine or with the token. */
export async function GET(request: Request): Promise<Response> {
  try {
    const { status, version, ...details } = await loadHealth();
    const shown = maySeeHealthDetails(request.headers) ? details : {};
    return Response.json({ status, version, ...shown }, { headers: FRESH });
  } catch (error) {
    logger.error({ err: error }, "the database is not usable");
    return Response.json({ status: "down", version: VERSION }, { status: 503, headers: FRESH });
  }
}
