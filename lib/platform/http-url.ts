import { z } from "zod";

/**
 * The address of a server: http or https, a host and perhaps a port, and nothing behind it. Gives its origin, so
 * that `https://Portal.Example:443/` and `https://portal.example` are the same.
 */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: "a URL that begins with http:// or https://" })
  .refine((text) => !URL.canParse(text) || isOrigin(new URL(text)), "a URL without path, query or user name")
  .transform((text) => (URL.canParse(text) ? new URL(text).origin : text));

function isOrigin({ pathname, search, hash, username, password }: URL): boolean {
  return pathname === "/" && search === "" && hash === "" && username === "" && password === "";
}
