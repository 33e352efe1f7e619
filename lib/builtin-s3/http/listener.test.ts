import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presign, type RawRequest, send, sendSigned } from "@/testing/builtin-s3/raw-request";
import { type Pair, TestServer } from "@/testing/builtin-s3/test-server";

let server: TestServer;
let pair: Pair;

beforeAll(async () => {
  server = await TestServer.start();
  pair = await server.addKey("demo");
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket" });
  const page = { "content-type": "text/html" };
  await sendSigned(server.endpoint(), pair, { method: "PUT", target: "/bucket/page", body: "<script>", headers: page });
});
afterAll(() => server.stop());

const ask = (raw: RawRequest) => sendSigned(server.endpoint(), pair, raw);
const safe = (policy: string) => ({
  "content-security-policy": policy,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

describe("headers against what a browser could do with an answer", () => {
  it("sandbox every object", async () => {
    const target = "/bucket/page";
    const full = await ask({ target });
    const etag = String(full.headers.etag);
    const answers = [
      full,
      await ask({ method: "HEAD", target }),
      await ask({ target, headers: { range: "bytes=1-2" } }),
      await ask({ target, headers: { "if-none-match": etag } }),
      await ask({ target: `${target}?response-content-type=image/svg%2Bxml` }),
      await send(server.endpoint(), { target: presign(server.endpoint(), pair, { target }, { expires: 60 }) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 206, 304, 200, 200]);
    for (const { headers } of answers) expect(headers).toMatchObject(safe("sandbox"));
  });

  it("forbid everything to every other answer", async () => {
    const answers = [
      await ask({ target: "/" }),
      await ask({ target: "/bucket?list-type=2" }),
      await ask({ method: "PUT", target: "/bucket/other", body: "x" }),
      await ask({ method: "DELETE", target: "/bucket/other" }),
      await ask({ target: "/bucket/absent" }),
      await ask({ method: "HEAD", target: "/bucket/absent" }),
      await ask({ target: "/bucket/page", headers: { "if-match": '"x"' } }),
      await ask({ method: "PUT", target: "/bucket?versioning" }),
      await send(server.endpoint(), { target: "/" }),
      await send(server.endpoint(), { target: "/%" }),
      await send(server.server.adminUrl, { target: "/v1/regions" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 204, 404, 404, 412, 501, 403, 400, 401]);
    for (const { headers } of answers) expect(headers).toMatchObject(safe("default-src 'none'; sandbox"));
  });
});
