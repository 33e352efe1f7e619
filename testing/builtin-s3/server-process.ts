import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { type AdminAnswer, callAdmin, type Pair, randomPair } from "./test-server";

const ROOT = path.resolve(import.meta.dirname, "../..");
const TOKEN = "a-token-for-tests-only";

interface Banner {
  regions: { name: string; endpoint: string }[];
  admin: string;
}

/** The built-in server as a process of its own, made as `up` makes it, so that it can be killed. */
export class ServerProcess {
  readonly folder: string;
  #child: ChildProcess | undefined;
  #banner: Banner | undefined;
  output = "";

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Bundles the server into a new temporary folder. */
  static async build(): Promise<ServerProcess> {
    const folder = await mkdtemp(path.join(tmpdir(), "s3-process-"));
    await symlink(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"));
    const entryPoints = [path.join(ROOT, "lib/builtin-s3/main.ts")];
    await build({
      entryPoints,
      outfile: path.join(folder, "builtin-s3.mjs"),
      bundle: true,
      platform: "node",
      format: "esm",
      packages: "external",
      alias: { "@": ROOT },
    });
    return new ServerProcess(folder);
  }

  get endpoint(): string {
    return this.#banner?.regions[0]?.endpoint ?? "";
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  environment(more: Record<string, string> = {}): NodeJS.ProcessEnv {
    return {
      NODE_ENV: "production",
      LATCHKEY_DATA_DIR: path.join(this.folder, "data"),
      LATCHKEY_S3_REGIONS: JSON.stringify([{ name: "north", port: 0, signingRegion: "north-1" }]),
      S3_ADMIN_PORT: "0",
      LATCHKEY_S3_ADMIN_TOKEN: TOKEN,
      LATCHKEY_MASTER_KEY: Buffer.alloc(32, 9).toString("base64"),
      ...more,
    };
  }

  /** Starts it and waits until it listens. `prefix` is shell text that runs before it, such as a `ulimit`. */
  async start(prefix = ""): Promise<void> {
    const child = this.spawn(prefix);
    this.#child = child;
    this.output = "";
    child.stderr?.on("data", (piece: Buffer) => (this.output += piece.toString("utf8")));
    this.#banner = await new Promise<Banner>((resolve, reject) => {
      let text = "";
      child.stdout?.on("data", (piece: Buffer) => {
        text += piece.toString("utf8");
        this.output += piece.toString("utf8");
        const line = text.split("\n").find((candidate) => candidate.includes('"admin"') && candidate.endsWith("}"));
        if (line) resolve(JSON.parse(line) as Banner);
      });
      child.once("exit", () => reject(new Error(`the server ended: ${this.output}`)));
    });
  }

  spawn(prefix = "", more: Record<string, string> = {}): ChildProcess {
    const script = path.join(this.folder, "builtin-s3.mjs");
    return spawn("/bin/bash", ["-c", `${prefix} exec "${process.execPath}" "${script}"`], {
      env: this.environment(more),
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Ends it with a signal and waits for its exit code. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
    return child.exitCode;
  }

  async remove(): Promise<void> {
    await this.end("SIGKILL");
    await rm(this.folder, { recursive: true, force: true });
  }

  admin(method: string, route: string, body?: unknown): Promise<AdminAnswer> {
    return callAdmin(this.#banner?.admin ?? "", TOKEN, method, route, body);
  }

  async addKey(account: string, pair: Pair = randomPair()): Promise<Pair> {
    await this.admin("PUT", `/regions/north/accounts/${account}`, { displayName: account });
    const { status } = await this.admin("PUT", `/regions/north/accounts/${account}/keys/${pair.accessKeyId}`, {
      secretAccessKey: pair.secretAccessKey,
    });
    if (status > 201) throw new Error(`cannot add a key: ${status}`);
    return pair;
  }
}
