const HSTS = "max-age=31536000; includeSubDomains";

/** The headers of every page. `secure`: the portal is served over https. */
export function composeHeaders(nonce: string, secure: boolean): Record<string, string> {
  return {
    "content-security-policy": composePolicy(nonce),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cache-control": "no-store",
    // Browsers take both over https only, and complain of the second elsewhere.
    ...(secure ? { "strict-transport-security": HSTS, "cross-origin-opener-policy": "same-origin" } : {}),
  };
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
