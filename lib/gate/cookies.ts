import type { CookieOption, CookiesOptions } from "next-auth";

// Browsers accept `__Host-` cookies only over https, without a domain and for the path /. No other host can set them.
const name = (secure: boolean, purpose: string) => `${secure ? "__Host-" : ""}latchkey.${purpose}`;

/** The cookie that holds the encrypted session token. */
export function sessionCookieName(secure: boolean): string {
  return name(secure, "session");
}

/** All cookies of signing in; `secure` where the portal is served over https. */
export function authCookies(secure: boolean): Partial<CookiesOptions> {
  const cookie = (purpose: string): CookieOption => ({
    name: name(secure, purpose),
    options: { httpOnly: true, sameSite: "lax", path: "/", secure },
  });
  return {
    sessionToken: cookie("session"),
    callbackUrl: cookie("callback-url"),
    csrfToken: cookie("csrf"),
  };
}
