import { expect, test } from "vitest";
import { createApi, describeApi } from "@/lib/api/app";
import { createDocs } from "@/lib/api/docs";

const document = describeApi(createApi());
const text = JSON.stringify(document);

test("every operation names its security, its problems and its bodies", () => {
  expect(document).toMatchObject({
    openapi: "3.1.0",
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
  });
  const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => [path, verb, operation] as const),
  );
  expect(operations.length).toBeGreaterThan(20);
  for (const [path, verb, { summary, responses, requestBody, parameters = [] }] of operations) {
    expect(summary).toMatch(/^[A-Z]/);
    const refusals = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    expect(refusals.map(([status]) => status)).toEqual(
      expect.arrayContaining(["400", "401", "404", "429", "500", "503"]),
    );
    for (const [, { content }] of refusals)
      expect(content).toEqual({ "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } });
    const isChange = verb !== "get" && /\/(projects|admin|support)\//.test(path);
    const limited = Object.entries(responses).filter(([, { headers = {} }]) => "RateLimit-Remaining" in headers);
    expect(limited.some(([status]) => status.startsWith("2"))).toBe(isChange);
    expect(Object.keys(responses[429]?.headers ?? {})).toContain("Retry-After");
    const fields = Object.keys(requestBody?.content["application/json"]?.schema.properties ?? {});
    // Every other change that comes twice is done once by itself.
    const isKeyChange = isChange && /\/projects\/.*\/regions\/\{region\}/.test(path);
    const startsMany = verb === "post" && path.endsWith("/bulk-revocations");
    expect(["requestId", "dryRun"].every((field) => fields.includes(field))).toBe(isKeyChange || startsMany);
    expect(parameters.some(({ name }) => name === "idempotency-key")).toBe(isKeyChange || startsMany);
  }
});

test("the API describes its operations", () => {
  const operations = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb} ${path}`),
  );
  expect(operations.sort()).toEqual([
    "get /api/v1/account",
    "get /api/v1/admin/operations",
    "get /api/v1/admin/projects",
    "get /api/v1/admin/projects/{project}",
    "get /api/v1/admin/providers",
    "get /api/v1/admin/regions",
    "get /api/v1/admin/users",
    "get /api/v1/audit",
    "get /api/v1/audit/export",
    "get /api/v1/projects",
    "get /api/v1/projects/{project}/activity",
    "get /api/v1/projects/{project}/activity/export",
    "get /api/v1/projects/{project}/buckets",
    "get /api/v1/projects/{project}/keys",
    "get /api/v1/projects/{project}/keys/{accessKeyId}",
    "get /api/v1/projects/{project}/members",
    "get /api/v1/projects/{project}/regions",
    "get /api/v1/projects/{project}/regions/{region}",
    "get /api/v1/projects/{project}/regions/{region}/connect/{client}",
    "get /api/v1/projects/{project}/usage",
    "get /api/v1/projects/{project}/usage/history",
    "get /api/v1/support/bulk-revocations",
    "get /api/v1/support/bulk-revocations/{id}",
    "get /api/v1/support/bulk-revocations/{id}/export",
    "get /api/v1/support/bulk-revocations/{id}/keys",
    "get /api/v1/support/keys",
    "get /api/v1/support/keys/{accessKeyId}",
    "get /api/v1/support/people",
    "get /api/v1/support/person",
    "get /api/v1/support/projects",
    "patch /api/v1/admin/projects/{project}",
    "patch /api/v1/admin/regions/{region}",
    "patch /api/v1/admin/users",
    "patch /api/v1/projects/{project}/members",
    "patch /api/v1/projects/{project}/regions/{region}",
    "post /api/v1/account/revoke-token",
    "post /api/v1/admin/operations/retry",
    "post /api/v1/admin/projects",
    "post /api/v1/admin/projects/{project}/disable",
    "post /api/v1/admin/projects/{project}/enable",
    "post /api/v1/admin/projects/{project}/regions",
    "post /api/v1/admin/providers/check",
    "post /api/v1/admin/regions",
    "post /api/v1/admin/regions/{region}/check",
    "post /api/v1/admin/regions/{region}/rotate-credentials",
    "post /api/v1/admin/regions/{region}/switch",
    "post /api/v1/admin/users",
    "post /api/v1/admin/users/disable",
    "post /api/v1/admin/users/enable",
    "post /api/v1/admin/users/end-sessions",
    "post /api/v1/admin/users/reset-password",
    "post /api/v1/projects/{project}/members",
    "post /api/v1/projects/{project}/members/remove",
    "post /api/v1/projects/{project}/regions/{region}/disable",
    "post /api/v1/projects/{project}/regions/{region}/enable",
    "post /api/v1/projects/{project}/regions/{region}/keep-longer",
    "post /api/v1/projects/{project}/regions/{region}/regenerate",
    "post /api/v1/projects/{project}/regions/{region}/retire",
    "post /api/v1/support/bulk-revocations",
    "post /api/v1/support/bulk-revocations/{id}/retry",
    "post /api/v1/tokens",
  ]);
});

test("no example holds a secret", () => {
  // The path of a schema is as long as a secret key.
  expect(text.replaceAll(/#\/components\/schemas\/\w+/g, "")).not.toMatch(/[A-Za-z0-9/+]{40}/);
  expect(text).not.toContain("lkt_");
});

test("the page has every operation, every problem and every schema, and links that lead somewhere", async () => {
  const reply = await createDocs(document).request("/api/docs");
  expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "text/html; charset=UTF-8"]);
  const page = await reply.text();
  for (const [path, verbs] of Object.entries(document.paths))
    for (const verb of Object.keys(verbs))
      expect(page).toContain(`<h3><code>${verb.toUpperCase()} ${path}</code></h3>`);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/ href="#([^"]+)"/g)].map(([, id]) => id);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((id) => !ids.has(id))).toEqual([]);
  expect([...ids]).toEqual(expect.arrayContaining(["bad-input", "rate-limited", "schema-Problem", "schema-Key"]));
});

test("the page loads nothing, has both themes, and its policy lets in its style only", async () => {
  const docs = createDocs(document);
  const [first, second] = [await docs.request("/api/docs"), await docs.request("/api/docs")];
  const page = await first.text();
  const nonce = /<style nonce="([0-9a-f]{32})">/.exec(page)?.[1] ?? "none";
  const policy = first.headers.get("content-security-policy");
  expect(policy).toBe(
    `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
  expect(second.headers.get("content-security-policy")).not.toBe(policy);
  expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|style="|\son[a-z]+=|https?:/);
  expect(page).toContain("color-scheme: light dark");
});
