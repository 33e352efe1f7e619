import { type NextRequest, NextResponse } from "next/server";

const HSTS = "max-age=31536000; includeSubDomains";

/** Puts the headers on every page; it carries no authority. The nonce reaches Next through the request's policy. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const policy = composePolicy(nonce);
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  response.headers.set("x-content-type-options", "nosniff");
  response.headers.set("referrer-policy", "no-referrer");
  response.headers.set("x-frame-options", "DENY");
  response.headers.set("permissions-policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()");
  response.headers.set("cache-control", "no-store");
  if (process.env.NEXTAUTH_URL?.startsWith("https:")) {
    response.headers.set("strict-transport-security", HSTS);
    // Browsers ignore it on plain http, and complain.
    response.headers.set("cross-origin-opener-policy", "same-origin");
  }
  return response;
}

// Styles may stand inline: Radix and sonner set them at run time, and no markup of ours takes text from people as HTML.
function composePolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export const config = { matcher: "/((?!_next/static|icon.svg).*)" };
