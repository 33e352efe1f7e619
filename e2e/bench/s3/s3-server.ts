import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { S3Key } from "./s3-connection";

/** Clock ticks a second in /proc, on every Linux on which Node runs. */
const TICKS = 100;

export interface BenchServer {
  endpoint: string;
  key: S3Key;
  /** Seconds of processor time used so far. */
  cpuSeconds(): number;
  /** Megabytes of memory: now, and the maximum so far. */
  memory(): { now: number; peak: number };
  stop(): Promise<void>;
}

/** Starts the built-in S3 server in a process of its own, as `up` does, with one account and one key. */
export async function startServer(script: string, folder: string): Promise<BenchServer> {
  const token = randomBytes(24).toString("hex");
  const env = {
    NODE_ENV: "production",
    LATCHKEY_DATA_DIR: path.join(folder, "data"),
    LATCHKEY_S3_REGIONS: JSON.stringify([{ name: "bench", port: 0, signingRegion: "bench-1" }]),
    S3_ADMIN_PORT: "0",
    LATCHKEY_S3_ADMIN_TOKEN: token,
    LATCHKEY_MASTER_KEY: randomBytes(32).toString("base64"),
  } as const;
  const child = spawn(process.execPath, [script], { env, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  const { regions, admin } = await readBanner(child);
  const key = {
    accessKeyId: randomBytes(10).toString("hex").toUpperCase(),
    secretAccessKey: randomBytes(20).toString("hex"),
    region: "bench-1",
  };
  const put = async (route: string, body: unknown) => {
    const response = await fetch(`${admin}/v1/regions/bench/accounts/bench${route}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`the admin API answers ${response.status}`);
  };
  await put("", { displayName: "bench" });
  await put(`/keys/${key.accessKeyId}`, { secretAccessKey: key.secretAccessKey });
  return {
    endpoint: regions[0]?.endpoint ?? "",
    key,
    cpuSeconds: () => readCpu(child.pid ?? 0),
    memory: () => readMemory(child.pid ?? 0),
    stop: async () => {
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

interface Banner {
  regions: { endpoint: string }[];
  admin: string;
}

function readBanner(child: ChildProcess): Promise<Banner> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.once("exit", () => reject(new Error("the server does not start")));
    child.stdout?.on("data", (piece: Buffer) => {
      text += piece.toString("utf8");
      const line = text.split("\n").find((candidate) => candidate.includes('"admin"') && candidate.endsWith("}"));
      if (line) resolve(JSON.parse(line) as Banner);
    });
  });
}

function readCpu(pid: number): number {
  // The command name may contain spaces and parentheses. The fields after the last parenthesis are fixed.
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(")").at(-1)?.trim().split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function readMemory(pid: number): { now: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const megabytes = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}
