import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** The times in the answers of the admin APIs: the built-in server's, and Keystone's at a login. */
const TIME = /"(time|issued_at|expires_at)": ?"([^"]+)"/g;

/** An HTTP proxy on loopback in front of `target`, whose answers tell a time that is `skewMs` off. */
export async function startSkewedClock(
  target: string,
  skewMs: number,
): Promise<{ url: string; close: () => Promise<void> }> {
  const shift = (time: string) => new Date(Date.parse(time) + skewMs);
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      // Not fetch: the signature covers the header Host, which fetch would replace.
      const { method, headers, url } = request;
      const sent = send(new URL(url ?? "/", target), { method, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          const text = Buffer.concat(parts)
            .toString("utf8")
            .replaceAll(TIME, (_whole, name: string, time: string) => `"${name}":"${shift(time).toISOString()}"`);
          const { date = new Date().toUTCString(), ...others } = answer.headers;
          delete others["content-length"];
          delete others["transfer-encoding"];
          response.writeHead(answer.statusCode ?? 0, { ...others, date: shift(date).toUTCString() });
          response.end(text);
        });
      });
      sent.on("error", () => response.destroy());
      sent.end(Buffer.concat(chunks));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
