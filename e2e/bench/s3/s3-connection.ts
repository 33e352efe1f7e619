import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface S3Key {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
const hex = (data: Buffer | string) => createHash("sha256").update(data).digest("hex");
const HEAD_END = Buffer.from("\r\n\r\n");

/**
 * One keep-alive connection that signs and sends requests one after the other. It is as cheap as possible, because it
 * shares the machine with the server that is measured.
 */
export class S3Connection {
  readonly #socket: Socket;
  readonly #host: string;
  readonly #key: S3Key;
  #signing: { date: string; key: Buffer } | undefined;

  private constructor(socket: Socket, host: string, key: S3Key) {
    this.#socket = socket;
    this.#host = host;
    this.#key = key;
  }

  static async open(endpoint: string, key: S3Key): Promise<S3Connection> {
    const { hostname, port, host } = new URL(endpoint);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, "connect");
    return new S3Connection(socket, host, key);
  }

  /** Sends a request and returns the number of bytes of the answer's body. Throws when the status is not 200. */
  async send(method: string, path: string, body: Buffer = Buffer.alloc(0)): Promise<number> {
    const head = this.#sign(method, path, body);
    const answer = this.#read();
    this.#socket.cork();
    this.#socket.write(head);
    if (body.length > 0) this.#socket.write(body);
    this.#socket.uncork();
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(): Promise<number> {
    return new Promise((resolve, reject) => {
      let head: Buffer = Buffer.alloc(0);
      let left = -1;
      let size = 0;
      const done = (outcome: () => void) => {
        this.#socket.off("data", take).off("error", fail).off("close", fail);
        outcome();
      };
      const fail = () => done(() => reject(new Error("the connection was closed")));
      const take = (piece: Buffer) => {
        if (left < 0) {
          head = head.length === 0 ? piece : Buffer.concat([head, piece]);
          const end = head.indexOf(HEAD_END);
          if (end < 0) return;
          const text = head.toString("latin1", 0, end);
          if (!text.startsWith("HTTP/1.1 200")) return done(() => reject(new Error(head.toString("utf8"))));
          size = left = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
          left -= head.length - end - HEAD_END.length;
        } else left -= piece.length;
        if (left === 0) done(() => resolve(size));
      };
      this.#socket.on("data", take).on("error", fail).on("close", fail);
    });
  }

  #sign(method: string, path: string, body: Buffer): string {
    const amzDate = new Date().toISOString().replace(/[-:]|\.\d{3}/g, "");
    const date = amzDate.slice(0, 8);
    const scope = `${date}/${this.#key.region}/s3/aws4_request`;
    const hash = hex(body);
    const canonical = `${method}\n${path}\n\nhost:${this.#host}\nx-amz-content-sha256:${hash}\nx-amz-date:${amzDate}\n\nhost;x-amz-content-sha256;x-amz-date\n${hash}`;
    if (this.#signing?.date !== date) {
      const forDay = hmac(`AWS4${this.#key.secretAccessKey}`, date);
      this.#signing = { date, key: hmac(hmac(hmac(forDay, this.#key.region), "s3"), "aws4_request") };
    }
    const signature = hmac(this.#signing.key, `AWS4-HMAC-SHA256\n${amzDate}\n${scope}\n${hex(canonical)}`).toString(
      "hex",
    );
    const authorization = `AWS4-HMAC-SHA256 Credential=${this.#key.accessKeyId}/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${signature}`;
    return `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\nx-amz-date: ${amzDate}\r\nx-amz-content-sha256: ${hash}\r\nauthorization: ${authorization}\r\ncontent-length: ${body.length}\r\n\r\n`;
  }
}
