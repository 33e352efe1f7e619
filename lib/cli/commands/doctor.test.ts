import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { createApi } from "@/lib/api/app";
import type { Finding } from "@/lib/cli/doctor/finding";
import { EXIT } from "@/lib/cli/failure";
import { db } from "@/lib/platform/db/client";
import { HAS_OPENSSL, makeCertificate } from "@/testing/certificate";
import { makeToken } from "@/testing/factories/api-caller";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const MINUTE_MS = 60_000;
const NO_NAME = /there is no machine of this name|the name cannot be looked up/;

const given = useProjectWithKeys();
let server: Awaited<ReturnType<typeof serveApp>>;
let home: string;
let env: Record<string, string>;

beforeAll(async () => {
  server = await serveApp(createApi());
});
afterAll(() => server.stop());
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "latchkey-doctor-"));
  const token = await makeToken(db, given.mia, { project: given.scope.slug, scope: "read" });
  env = { HOME: home, LATCHKEY_URL: server.url, LATCHKEY_TOKEN: token, LATCHKEY_REGION: "north" };
  return () => rm(home, { recursive: true, force: true });
});

type Given = Parameters<typeof runLatchkeyHere>[1];

/** Runs the command and gives the findings by their checks. Each check is made once. */
async function doctor(args: string[] = [], more: Given = {}) {
  const { code, printed, complaint } = await runLatchkeyHere(["doctor", "-o", "json", ...args], { env, ...more });
  const { findings } = JSON.parse(printed) as { findings: Finding[] };
  const results = Object.fromEntries(findings.map(({ check, result }) => [check, result]));
  expect(Object.keys(results)).toHaveLength(findings.length);
  const sentences = Object.fromEntries(findings.map(({ check, sentence }) => [check, sentence]));
  return { code, printed, complaint, results, sentences };
}

/** Makes a key, and gives the variables that clients read. */
async function useKey(): Promise<{ id: string; secret: string }> {
  const { change, secret } = await given.makeKey();
  const [id, text] = [change.accessKeyId, secret.reveal()];
  Object.assign(env, { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: text, AWS_REGION: "north-1" });
  env.AWS_ENDPOINT_URL_S3 = endpointOf("north");
  return { id, secret: text };
}

function endpointOf(name: string): string {
  return given.storage.regions.find((region) => region.name === name)?.endpoint ?? "";
}

async function serve(answer: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  const stranger = tls ? createTlsServer(tls, answer) : createServer(answer);
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    stranger.close();
    stranger.closeAllConnections();
  });
  return `${tls ? "https" : "http"}://localhost:${(stranger.address() as AddressInfo).port}`;
}

const say = (status: number, body: string, headers: Record<string, string> = {}) =>
  serve((_request, reply) => void reply.writeHead(status, headers).end(body));

async function findClosedPort(): Promise<number> {
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
  const { port } = closed.address() as AddressInfo;
  await new Promise((resolve) => closed.close(resolve));
  return port;
}

async function writeAwsFiles(credentials: string, config = ""): Promise<void> {
  await mkdir(join(home, ".aws"));
  await writeFile(join(home, ".aws/credentials"), credentials, { mode: 0o600 });
  await writeFile(join(home, ".aws/config"), config);
}

test("all is well with the profile that connect wrote, and the secret is never printed", async () => {
  const { secret } = await given.makeKey();
  const written = await runLatchkeyHere(["connect", "aws", "--secret-stdin", "--yes"], { env, input: secret.reveal() });
  expect(written.code).toBe(EXIT.done);
  const { code, printed, complaint, results } = await doctor(["--aws-profile", "north"]);
  expect([code, complaint]).toEqual([EXIT.done, ""]);
  expect(Object.entries(results).filter(([, result]) => result !== "ok")).toEqual([]);
  expect(Object.keys(results)).toEqual([
    "profile",
    "portal name",
    "portal connection",
    "portal",
    "portal clock",
    "token",
    "project and region",
    "key",
    "endpoint name",
    "endpoint connection",
    "endpoint",
    "endpoint clock",
    "credentials",
    "client settings",
    "signature",
  ]);
  expect(printed).not.toContain(secret.reveal());
  const { printed: table } = await runLatchkeyHere(["doctor", "--aws-profile", "north"], { env });
  expect(table).toMatch(/^ok {7}signature {12}The storage system takes the key LK/m);
  expect(table).not.toContain(secret.reveal());
});

test("without a key to try, the signature is skipped, and that is no failure", async () => {
  await given.makeKey();
  const { code, results, sentences } = await doctor();
  expect([code, results.credentials, results.signature]).toEqual([EXIT.done, "skipped", "skipped"]);
  expect(sentences.credentials).toContain("--aws-profile");
});

test("a secret from standard input is tried with the current key, and a wrong one is told", async () => {
  const { secret } = await given.makeKey();
  const right = await doctor(["--secret-stdin"], { input: secret.reveal() });
  expect([right.code, right.results.signature]).toEqual([EXIT.done, "ok"]);
  const wrong = await doctor(["--secret-stdin"], { input: "x".repeat(40) });
  expect([wrong.code, wrong.results.signature]).toEqual([EXIT.unhealthy, "failed"]);
  expect(wrong.sentences.signature).toContain("SignatureDoesNotMatch");
  expect(wrong.complaint).toBe("Failed: signature.\n");
  expect(wrong.printed).not.toContain("x".repeat(40));
});

test("nobody signed in: the endpoint is checked all the same", async () => {
  const { id, secret } = await useKey();
  delete env.LATCHKEY_TOKEN;
  const { code, results, sentences } = await doctor(["--endpoint", endpointOf("north")]);
  expect([code, results.profile, results.portal, results.key]).toEqual([9, "failed", "skipped", "skipped"]);
  expect(sentences.profile).toContain("latchkey login");
  expect([results.endpoint, results.credentials, results.signature]).toEqual(["ok", "ok", "ok"]);
  const args = ["--endpoint", endpointOf("north"), "--secret-stdin", "--signing-region", "north-1"];
  const withoutId = await doctor(args, { input: secret });
  expect(withoutId.sentences.credentials).toContain("--access-key");
  expect((await doctor([...args, "--access-key", id], { input: secret })).results.signature).toBe("ok");
});

test("a token that the portal refuses", async () => {
  env.LATCHKEY_TOKEN = "lkt_nothing";
  const { code, results, sentences } = await doctor();
  expect([code, results.portal, results.token, results.key]).toEqual([9, "ok", "failed", "skipped"]);
  expect(sentences.token).toContain(`latchkey login ${server.url}`);
});

test("a portal whose name or port does not exist", async () => {
  env.LATCHKEY_URL = "https://nowhere.invalid";
  const noName = await doctor(["--endpoint", endpointOf("north")]);
  expect([noName.code, noName.results["portal name"], noName.results.endpoint]).toEqual([9, "failed", "ok"]);
  expect(noName.sentences["portal name"]).toMatch(NO_NAME);
  env.LATCHKEY_URL = `http://127.0.0.1:${await findClosedPort()}`;
  const closed = await doctor();
  expect([closed.results["portal connection"], closed.results.token]).toEqual(["failed", "skipped"]);
  expect(closed.sentences["portal connection"]).toContain("nothing listens there");
});

test.each([
  [200, "<html>", {}, "is no Latchkey"],
  [200, "{}", {}, "is no Latchkey"],
  [502, "", {}, "answers 502"],
  [301, "", { location: "https://portal.example.org/" }, "https://portal.example.org/"],
])("a portal that answers %d with %j is no Latchkey", async (status, body, headers, why) => {
  env.LATCHKEY_URL = await say(status, body, headers);
  const { code, results, sentences } = await doctor();
  expect([code, results.portal, results.token]).toEqual([EXIT.unhealthy, "failed", "skipped"]);
  expect(sentences.portal).toContain(why);
});

test.skipIf(!HAS_OPENSSL)(
  "a certificate that is not trusted or has expired, and plain http where TLS is spoken",
  async () => {
    const untrusted = await serve((_request, reply) => void reply.end(), makeCertificate("DNS:localhost", 3));
    env.LATCHKEY_URL = untrusted;
    const portal = await doctor(["--endpoint", untrusted]);
    expect([portal.results["portal TLS"], portal.results["endpoint TLS"]]).toEqual(["failed", "failed"]);
    expect(portal.sentences["endpoint TLS"]).toContain("NODE_EXTRA_CA_CERTS");
    const plain = untrusted.replace("https:", "http:");
    env.LATCHKEY_URL = plain;
    const wrongScheme = await doctor(["--endpoint", plain]);
    for (const check of ["portal", "endpoint"]) expect(wrongScheme.sentences[check]).toContain("speaks TLS");
    const expired = await serve((_request, reply) => void reply.end(), makeCertificate("DNS:localhost", -1));
    expect((await doctor(["--endpoint", expired])).sentences["endpoint TLS"]).toMatch(/expired|not trusted/);
  },
);

test("https where plain http is spoken", async () => {
  const { results, sentences } = await doctor(["--endpoint", endpointOf("north").replace("http:", "https:")]);
  expect([results["endpoint TLS"], results["endpoint clock"]]).toEqual(["failed", "skipped"]);
  expect(sentences["endpoint TLS"]).toContain("speaks plain http");
});

test.each([
  [20, "failed", "20 min ahead of", EXIT.unhealthy],
  [-20, "failed", "20 min behind", EXIT.unhealthy],
  [3, "warning", "3 min ahead of", EXIT.done],
])("a clock that is %d min off", async (minutes, result, why, exit) => {
  await useKey();
  const now = () => new Date(Date.now() + minutes * MINUTE_MS);
  const { code, results, sentences } = await doctor([], { now });
  expect([code, results["portal clock"], results["endpoint clock"]]).toEqual([exit, result, result]);
  for (const check of ["portal clock", "endpoint clock"]) expect(sentences[check]).toContain(why);
  const skewed = sentences.signature?.includes("RequestTimeTooSkewed");
  expect([skewed, results.signature]).toEqual(result === "failed" ? [true, "failed"] : [false, "ok"]);
});

test("a project that is not the person's, and a region that is not there", async () => {
  for (const args of [
    ["--project", "nobodys"],
    ["--region", "nowhere"],
  ]) {
    const { code, results } = await doctor(args);
    expect([code, results["project and region"], results.key]).toEqual([EXIT.unhealthy, "failed", "skipped"]);
    expect(results.endpoint).toBe("skipped");
  }
});

test("no key at all, and no key of the name", async () => {
  expect((await doctor()).sentences.key).toContain("latchkey keys create");
  expect((await doctor(["--name", "nobody"])).results.key).toBe("failed");
});

test.each([
  [{ state: "INACTIVE" }, "failed", "latchkey keys activate"],
  [{ state: "EXPIRED", expiresAt: new Date(0) }, "failed", "has expired"],
  [{ missingSince: new Date() }, "failed", "does not know the key"],
  [{ expiresAt: new Date(Date.now() + 60 * MINUTE_MS) }, "warning", "expires at"],
] as const)("a key that is %j at the portal", async (change, result, why) => {
  const { change: made } = await given.makeKey();
  await db.accessKey.update({ where: { accessKeyId: made.accessKeyId }, data: change });
  const { results, sentences } = await doctor();
  expect([results.key, sentences.key]).toEqual([result, expect.stringContaining(why)]);
});

test("a key whose end is decided, and a region that is switched off", async () => {
  await given.makeKey();
  await given.disable();
  const { results, sentences } = await doctor();
  expect([results.key, sentences.key]).toEqual(["failed", expect.stringContaining("was disabled")]);
  await db.region.update({ where: { name: "north" }, data: { disabledAt: new Date() } });
  onTestFinished(async () => void (await db.region.update({ where: { name: "north" }, data: { disabledAt: null } })));
  expect((await doctor()).sentences.key).toContain("cannot use the region");
});

test("an endpoint that is not there, and one that is no S3", async () => {
  await given.makeKey();
  const noName = await doctor(["--endpoint", "http://nowhere.invalid:9000"]);
  expect([noName.code, noName.sentences["endpoint name"]]).toEqual([9, expect.stringMatching(NO_NAME)]);
  const closed = await doctor(["--endpoint", `http://127.0.0.1:${await findClosedPort()}`]);
  expect(closed.sentences["endpoint connection"]).toContain("nothing listens there");
  const stranger = await doctor(["--endpoint", await say(200, "<html>hello</html>")]);
  expect([stranger.results.endpoint, stranger.results.signature]).toEqual(["failed", "skipped"]);
  const broken = await serve((_request, reply) => void reply.destroy());
  expect((await doctor(["--endpoint", broken])).sentences.endpoint).toContain("does not answer");
  expect((await runLatchkeyHere(["doctor", "--endpoint", "s3.example.org"], { env })).code).toBe(EXIT.usage);
});

test("an answer without a date says nothing of the clock", async () => {
  const silent = await serve((_request, reply) => {
    reply.sendDate = false;
    reply.end("<ListAllMyBucketsResult/>");
  });
  expect((await doctor(["--endpoint", silent])).results["endpoint clock"]).toBe("skipped");
});

test("a client with the key of another time: its end is told", async () => {
  const old = await useKey();
  await given.disableFully();
  const { change } = await given.makeKey();
  const { code, results, sentences } = await doctor();
  expect([code, results.key, results.credentials, results.signature]).toEqual([9, "ok", "failed", "failed"]);
  expect(sentences.credentials).toMatch(new RegExp(`${old.id}: it is REVOK\\w+ since .*${change.accessKeyId}`));
  expect(sentences.signature).toContain("InvalidAccessKeyId");
});

test("a client with the old key of an overlap, and with one that the project never had", async () => {
  const { id } = await useKey();
  const until = new Date(Date.now() + 60 * MINUTE_MS);
  await db.accessKey.update({ where: { accessKeyId: id }, data: { state: "RETIRING", retiresAt: until } });
  const retiring = await doctor();
  expect([retiring.results.credentials, retiring.sentences.credentials]).toEqual([
    "warning",
    expect.stringContaining(`works until ${until.toISOString()}`),
  ]);
  env.AWS_ACCESS_KEY_ID = "AKIAIOSFODNN7EXAMPLE";
  expect((await doctor()).sentences.credentials).toContain("no key of the project");
});

test("a client that signs for another region, or asks another endpoint", async () => {
  await useKey();
  env.AWS_REGION = "eu-west-1";
  env.AWS_ENDPOINT_URL_S3 = "https://s3.amazonaws.com";
  const { code, results, sentences } = await doctor();
  expect([code, results["client settings"], results.signature]).toEqual([EXIT.unhealthy, "failed", "failed"]);
  expect(sentences["client settings"]).toContain("eu-west-1");
  expect(sentences["client settings"]).toContain("https://s3.amazonaws.com");
  expect(sentences.signature).toContain("AuthorizationHeaderMalformed");
  delete env.AWS_ENDPOINT_URL_S3;
  env.AWS_REGION = "north-1";
  const without = await doctor();
  expect([without.code, without.results["client settings"]]).toEqual([EXIT.done, "warning"]);
  expect(without.sentences["client settings"]).toContain("--endpoint-url");
});

test("half a pair in the environment, and a session token", async () => {
  const { secret } = await useKey();
  env.AWS_SESSION_TOKEN = "x";
  expect((await doctor()).sentences.credentials).toContain("AWS_SESSION_TOKEN");
  env.AWS_ACCESS_KEY_ID = "";
  const { printed, sentences } = await doctor();
  expect(sentences.credentials).toContain("Only one of");
  expect(printed).not.toContain(secret);
});

test("a profile of the AWS tools that is not there, is half, or takes its keys from a program", async () => {
  const { id, secret } = await useKey();
  const config = "[profile program]\ncredential_process = x\n[profile s]\nservices = s\nregion = north-1\n";
  const services = `[services s]\ns3 =\n  endpoint_url = ${endpointOf("north")}\n`;
  const pair = `aws_access_key_id = ${id}\naws_secret_access_key = ${secret}\n`;
  await writeAwsFiles(
    `[half]\naws_access_key_id = ${id}\n[s]\n${pair}[t]\n${pair}aws_session_token = x\n`,
    config + services,
  );
  const ask = async (name: string) => {
    const { results, sentences } = await doctor(["--aws-profile", name]);
    return [results.credentials, sentences.credentials];
  };
  expect(await ask("nobody")).toEqual(["failed", expect.stringContaining("There is no profile nobody")]);
  expect(await ask("half")).toEqual(["failed", expect.stringContaining("no secret")]);
  expect(await ask("t")).toEqual(["failed", expect.stringContaining("aws_session_token")]);
  expect(await ask("program")).toEqual(["skipped", expect.stringContaining("from a program")]);
  const { results } = await doctor(["--aws-profile", "s"]);
  expect([results["client settings"], results.signature]).toEqual(["ok", "ok"]);
  await rm(join(home, ".aws/credentials"));
  await mkdir(join(home, ".aws/credentials"));
  expect(await ask("s")).toEqual(["failed", expect.stringContaining("cannot be read")]);
});

test.each([
  ["AccessDenied", "warning", "refuses the list of buckets"],
  ["UserSuspended", "failed", "every key of the project"],
  ["SlowDown", "failed", "answers 403 (SlowDown)"],
  ["AuthorizationHeaderMalformed", "failed", "and south-1 is expected"],
])("a storage system that answers %s to the signed request", async (code, result, why) => {
  await useKey();
  const url = await say(403, `<Error><Code>${code}</Code><Region>south-1</Region></Error>`);
  const { results, sentences } = await doctor(["--endpoint", url]);
  expect([results.endpoint, results.signature]).toEqual(["ok", result]);
  expect(sentences.signature).toContain(why);
});
