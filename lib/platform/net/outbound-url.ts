import { findAddressProblem } from "@/lib/platform/net/addresses";
import { httpPathUrl, httpUrl } from "@/lib/platform/net/http-url";

const WANTED =
  "a URL that is not link-local and not a cloud's metadata service's (LATCHKEY_ALLOWED_ADDRESSES names exceptions)";

/** The address of a server that the portal may send requests to, or send people's tools to. Gives its origin. */
export const outboundUrl = httpUrl.refine(isAllowed, WANTED);

/** The same of an API below a path. Gives it without a slash at its end. */
export const outboundPathUrl = httpPathUrl.refine(isAllowed, WANTED);

function isAllowed(url: string): boolean {
  return !URL.canParse(url) || findAddressProblem(new URL(url).hostname) === undefined;
}
