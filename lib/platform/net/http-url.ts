import { z } from "zod";

const anyHttpUrl = z.url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" });

/**
 * The address of a server: http or https, a host and perhaps a port, and nothing behind it. Gives its origin, so
 * that `https://Portal.Example:443/` and `https://portal.example` are the same.
 */
export const httpUrl = anyHttpUrl
  .refine((text) => !URL.canParse(text) || isOrigin(new URL(text)), "a URL without path, query or user name")
  .transform((text) => (URL.canParse(text) ? new URL(text).origin : text));

/** The address of an API below a path of a server, in its normal form without a slash at its end. */
export const httpPathUrl = anyHttpUrl
  .refine((text) => !URL.canParse(text) || isPlain(new URL(text)), "a URL without query or user name")
  .transform((text) => (URL.canParse(text) ? new URL(text).href.replace(/\/+$/, "") : text));

function isOrigin(url: URL): boolean {
  return url.pathname === "/" && isPlain(url);
}

function isPlain({ search, hash, username, password }: URL): boolean {
  return search === "" && hash === "" && username === "" && password === "";
}
