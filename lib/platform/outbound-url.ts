import { findAddressProblem } from "@/lib/platform/addresses";
import { httpUrl } from "@/lib/platform/http-url";

/** The address of a server that the portal may send requests to, or send people's tools to. Gives its origin. */
export const outboundUrl = httpUrl.refine(
  (origin) => !URL.canParse(origin) || findAddressProblem(new URL(origin).hostname) === undefined,
  "a URL that is not link-local and not a cloud's metadata service's (LATCHKEY_ALLOWED_ADDRESSES names exceptions)",
);
