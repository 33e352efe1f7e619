import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { pathToFileURL } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { expect, onTestFinished, test } from "vitest";
import { HAS_OPENSSL, makeCertificate } from "@/testing/certificate";
import { TestServer } from "@/testing/builtin-s3/test-server";

interface Bundle {
  bundleOptions: (outdir: string, names: string[]) => BuildOptions;
}
interface Pack {
  commandLineOptions: (options: BuildOptions, outdir: string) => BuildOptions;
}
const program = (name: string) => pathToFileURL(join(import.meta.dirname, "../../../bin", name)).href;

/** Packs the command as the bundling of all programs does. */
async function pack(folder: string): Promise<string> {
  const { bundleOptions } = (await import(program("bundle.mjs"))) as Bundle;
  const { commandLineOptions } = (await import(program("pack-cli.mjs"))) as Pack;
  await build(commandLineOptions(bundleOptions(folder, []), folder));
  return join(folder, "latchkey.mjs");
}

/** Ends TLS in front of a server that speaks plain http. */
async function startTls(port: number, certificate: { key: string; cert: string }): Promise<number> {
  const server = createServer(certificate, (socket) => {
    const inner = connect(port, "127.0.0.1");
    socket.pipe(inner).pipe(socket);
    socket.on("error", () => inner.destroy());
    inner.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function run(program: string, args: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], { env: env as NodeJS.ProcessEnv });
    let printed = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
    child.on("error", reject).on("close", () => resolve(printed));
  });
}

test.skipIf(!HAS_OPENSSL)("the packed command takes a certificate that is trusted, and signs over TLS", async () => {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-packed-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const storage = await TestServer.start();
  onTestFinished(() => storage.stop());
  const { accessKeyId, secretAccessKey } = await storage.addKey("demo");
  const certificate = makeCertificate("DNS:localhost", 3);
  await writeFile(join(folder, "authority.pem"), certificate.cert);
  const port = await startTls(Number(new URL(storage.endpoint()).port), certificate);
  const printed = await run(
    await pack(folder),
    ["doctor", "-o", "json", "--endpoint", `https://localhost:${port}`, "--signing-region", "north-1"],
    {
      HOME: folder,
      NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
  );
  const { findings } = JSON.parse(printed) as { findings: { check: string; result: string; sentence: string }[] };
  for (const check of ["endpoint TLS", "endpoint", "signature"])
    expect(findings.find((finding) => finding.check === check)).toMatchObject({ result: "ok" });
  const other = await run(join(folder, "latchkey.mjs"), ["doctor"], {
    HOME: folder,
    NODE_EXTRA_CA_CERTS: join(folder, "authority.pem"),
    LATCHKEY_URL: `https://127.0.0.1:${port}`,
    LATCHKEY_TOKEN: "lkt_x",
  });
  expect(other).toMatch(/^failed +portal TLS .*its certificate is for another name/m);
});
