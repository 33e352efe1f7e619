import { createServer, request as sendRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/**
 * A gateway in front of an S3 server that answers every refusal alike, as radosgw does where it asks Keystone. The
 * signature covers the host: the request goes on with the one it was signed for.
 */
export async function startAlikeGateway(target: string): Promise<{ endpoint: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const { hostname, port } = new URL(target);
    const onward = sendRequest({ hostname, port, path: request.url, headers: request.headers }, (answer) => {
      text(answer).then(
        (body) =>
          response.writeHead(answer.statusCode ?? 502).end(body.replace("SignatureDoesNotMatch", "InvalidAccessKeyId")),
        () => response.destroy(),
      );
    });
    onward.on("error", () => response.destroy());
    onward.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
