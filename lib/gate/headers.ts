const HSTS = "max-age=31536000; includeSubDomains";

/**
 * The headers of every answer, set before anything else answers. They let a browser do nothing with an answer. A page
 * replaces the policy by its own.
 */
export function composeBaseHeaders(secure: boolean): Record<string, string> {
  return {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    ...(secure ? { "strict-transport-security": HSTS } : {}),
  };
}

/**
 * The headers of every page. `secure`: the portal is served over https. `dev`: pages come from Next's development
 * server, which evaluates code and tells pages of changes through a WebSocket.
 */
export function composeHeaders(nonce: string, secure: boolean, dev = false): Record<string, string> {
  return {
    ...composeBaseHeaders(secure),
    "content-security-policy": composePolicy(nonce, dev),
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "cache-control": "no-store",
    // Browsers accept it over https only, and log an error elsewhere.
    ...(secure ? { "cross-origin-opener-policy": "same-origin" } : {}),
  };
}

// Inline styles are allowed: Radix and sonner set them at run time. No page of ours renders text from people as HTML.
function composePolicy(nonce: string, dev: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self'${dev ? " ws:" : ""}`,
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
