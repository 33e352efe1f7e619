import "server-only";
import { createHash, timingSafeEqual } from "node:crypto";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { env } from "@/lib/platform/env";

/** Whether a caller may read the state of each part: from loopback, or with the health token as bearer. */
export function maySeeHealthDetails(headers: Headers): boolean {
  const address = headers.get(CLIENT_ADDRESS_HEADER) ?? "";
  if (address === "::1" || address.startsWith("127.")) return true;
  const given = headers.get("authorization")?.match(/^Bearer (.+)$/)?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(env.LATCHKEY_HEALTH_TOKEN));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
