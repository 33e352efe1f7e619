import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { ApiDocument } from "@/lib/api/document";
import { renderDocs } from "@/lib/api/docs-page";
import { DOCS_PATH } from "@/lib/api/paths";

/** The page that describes the API. It holds no data, so everybody may read it. A browser lets nothing in but its style. */
export function createDocs(document: ApiDocument): Hono {
  const docs = new Hono();
  docs.get(DOCS_PATH, (context) => {
    const nonce = randomUUID().replaceAll("-", "");
    const policy = `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
    context.header("content-security-policy", policy);
    context.header("x-content-type-options", "nosniff");
    context.header("cache-control", "no-store");
    return context.html(renderDocs(document, nonce));
  });
  return docs;
}
