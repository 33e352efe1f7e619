import { type NextRequest, NextResponse } from "next/server";
import { readTheme, THEME_COOKIE, THEME_COOKIE_SECONDS } from "@/components/layout/theme";
import { composeHeaders } from "@/lib/gate/headers";

/** Puts the headers on every page; it carries no authority. The nonce reaches Next through the request's policy. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const secure = process.env.NEXTAUTH_URL?.startsWith("https:") ?? false;
  // A build replaces NODE_ENV by "production": no setting can loosen the policy there.
  const headers = composeHeaders(nonce, secure, process.env.NODE_ENV === "development");
  const forwarded = new Headers(request.headers);
  forwarded.set("content-security-policy", headers["content-security-policy"] ?? "");
  const response = NextResponse.next({ request: { headers: forwarded } });
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  keepTheme(request, response, secure);
  return response;
}

/**
 * Each page keeps the theme for another year: Safari deletes a cookie that a script has set after seven days. Not each
 * answer: one that is on its way while the person chooses would bring the former theme back.
 */
function keepTheme(request: NextRequest, response: NextResponse, secure: boolean): void {
  const cookie = request.cookies.get(THEME_COOKIE);
  if (!cookie || !request.headers.get("accept")?.includes("text/html")) return;
  const options = { maxAge: THEME_COOKIE_SECONDS, sameSite: "lax", path: "/", secure } as const;
  response.cookies.set(THEME_COOKIE, readTheme(cookie.value), options);
}

/** Not the files that are the same for everybody: they keep the headers that the web server sets on every answer. */
export const config = {
  matcher:
    "/((?!_next/static/|icons/[^/]+\\.png$|icon\\.svg$|apple-touch-icon\\.png$|manifest\\.webmanifest$|robots\\.txt$).*)",
};
