import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { replaceFailedPage } from "@/lib/web-server/replace-failed-page";

const AWAY = { status: 503, headers: { "content-type": "text/plain", "retry-after": "5" }, body: "away\n" };

let server: Server;

afterEach(() => new Promise((resolve) => server.close(resolve)));

async function ask(answer: (response: ServerResponse) => void, isReplaced = true) {
  server = createServer((_request, response) => {
    replaceFailedPage(response, () => isReplaced, AWAY);
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() };
}

/** As Next answers: headers one by one, the status as a property, and a body in parts. */
function stream(response: ServerResponse, status: number): void {
  response.statusCode = status;
  response.setHeader("content-type", "text/html");
  response.setHeader("x-frame-options", "DENY");
  response.flushHeaders();
  response.write("first, ");
  response.write("second, ");
  response.end("last");
}

test("a failed page is replaced, whatever comes of it", async () => {
  const { status, headers, body } = await ask((response) => stream(response, 500));
  expect([status, body]).toEqual([503, "away\n"]);
  expect(headers).toMatchObject({ "content-type": "text/plain", "retry-after": "5", "x-frame-options": "DENY" });
});

test.each([
  ["writeHead", (response: ServerResponse) => void response.writeHead(500, { "content-length": "4" }).end("fail")],
  ["end alone", (response: ServerResponse) => void Object.assign(response, { statusCode: 500 }).end("fail")],
  ["a compressed body", (response: ServerResponse) => compress(response)],
])("the same with %s", async (_name, answer) => {
  const { status, headers, body } = await ask(answer);
  expect([status, body]).toEqual([503, "away\n"]);
  expect(headers).not.toHaveProperty("content-encoding");
});

function compress(response: ServerResponse): void {
  response.setHeader("content-encoding", "gzip");
  response.statusCode = 500;
  response.write(Buffer.from([31, 139]));
  response.end();
}

test("a page that failed for another reason, and a page that did not fail, stay as they are", async () => {
  const failed = await ask((response) => stream(response, 500), false);
  expect(failed).toMatchObject({ status: 500, body: "first, second, last" });
  await new Promise((resolve) => server.close(resolve));
  const shown = await ask((response) => stream(response, 200));
  expect(shown).toMatchObject({ status: 200, body: "first, second, last" });
});
