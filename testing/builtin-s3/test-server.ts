import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { Secret } from "@/lib/platform/secret";
import type { BuiltinS3Config } from "@/lib/builtin-s3/config";
import { type BuiltinS3, startBuiltinS3 } from "@/lib/builtin-s3/server";

export interface Pair {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface AdminAnswer {
  status: number;
  body: unknown;
}

/** A pair of letters and digits in the forms that the admin API takes. */
export function randomPair(): Pair {
  const letters = (length: number, alphabet: string) =>
    [...randomBytes(length)].map((byte) => alphabet.charAt(byte % alphabet.length)).join("");
  const upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return { accessKeyId: letters(20, upper), secretAccessKey: letters(40, upper + upper.toLowerCase()) };
}

export function testConfig(dataDir: string): BuiltinS3Config & { adminTokenText: string } {
  const adminTokenText = randomBytes(24).toString("hex");
  return {
    dataDir,
    host: "127.0.0.1",
    regions: [
      { name: "north", port: 0, signingRegion: "north-1" },
      { name: "south", port: 0, signingRegion: "south-1" },
    ],
    adminPort: 0,
    adminToken: new Secret(adminTokenText),
    adminTokenText,
    masterKey: Buffer.alloc(32, 7),
  };
}

/** Calls an admin API with its token. */
export async function callAdmin(
  adminUrl: string,
  token: string,
  method: string,
  route: string,
  body?: unknown,
): Promise<AdminAnswer> {
  const response = await fetch(`${adminUrl}/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : (JSON.parse(text) as unknown) };
}

/** A real client, as a user of the portal would set it up. */
function createClient(endpoint: string, signingRegion: string, pair: Pair): S3Client {
  return new S3Client({ endpoint, region: signingRegion, credentials: pair, forcePathStyle: true, maxAttempts: 1 });
}

/** The built-in server in this process, on free ports and in a folder of its own. */
export class TestServer {
  readonly dataDir: string;
  readonly config: ReturnType<typeof testConfig>;
  server: BuiltinS3;

  private constructor(dataDir: string, config: ReturnType<typeof testConfig>, server: BuiltinS3) {
    this.dataDir = dataDir;
    this.config = config;
    this.server = server;
  }

  static async start(): Promise<TestServer> {
    const dataDir = await mkdtemp(path.join(tmpdir(), "s3-test-"));
    const config = testConfig(dataDir);
    return new TestServer(dataDir, config, await startBuiltinS3(config));
  }

  async restart(): Promise<void> {
    await this.server.close();
    this.server = await startBuiltinS3(this.config);
  }

  async stop(): Promise<void> {
    await this.server.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  endpoint(region = "north"): string {
    return this.server.regions.find(({ name }) => name === region)?.endpoint ?? "";
  }

  admin(method: string, route: string, body?: unknown): Promise<AdminAnswer> {
    return callAdmin(this.server.adminUrl, this.config.adminTokenText, method, route, body);
  }

  addKey(account: string, pair: Pair = randomPair(), region = "north"): Promise<Pair> {
    return this.#putKey(account, pair, region, {});
  }

  addReadOnlyKey(account: string, pair: Pair = randomPair()): Promise<Pair> {
    return this.#putKey(account, pair, "north", { access: "read-only" });
  }

  async #putKey(account: string, pair: Pair, region: string, more: object): Promise<Pair> {
    const route = `/regions/${region}/accounts/${account}`;
    const made = await this.admin("PUT", route, { displayName: account });
    const put = await this.admin("PUT", `${route}/keys/${pair.accessKeyId}`, {
      secretAccessKey: pair.secretAccessKey,
      ...more,
    });
    if (made.status !== 200 || put.status > 201) throw new Error(`cannot add a key: ${made.status} ${put.status}`);
    return pair;
  }

  client(pair: Pair, region = "north"): S3Client {
    return createClient(this.endpoint(region), `${region}-1`, pair);
  }
}
