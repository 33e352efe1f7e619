import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "@/lib/api/app";
import { EXIT } from "@/lib/cli/failure";
import { CLIENT_NAMES, SECRET_PLACEHOLDER } from "@/lib/clients/rules";
import { db } from "@/lib/platform/db/client";
import { makeToken } from "@/testing/factories/api-caller";
import { addNamedKey } from "@/testing/factories/keys";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";
import { runLatchkeyHere, serveApp } from "@/testing/latchkey-command";

const given = useProjectWithKeys();
const api = createApi();
let server: Awaited<ReturnType<typeof serveApp>>;
let home: string;
let env: Record<string, string>;
/** Runs before the portal answers a change. */
let beforeAnswer: () => Promise<void>;

beforeAll(async () => {
  server = await serveApp({
    fetch: async (request) => {
      const reply = await api.fetch(request);
      if (request.method === "POST") await beforeAnswer();
      return reply;
    },
  });
});
afterAll(() => server.stop());
beforeEach(async () => {
  beforeAnswer = async () => undefined;
  home = await mkdtemp(join(tmpdir(), "latchkey-connect-"));
  const token = await makeToken(db, given.mia, { project: given.scope.slug, scope: "write" });
  env = { HOME: home, LATCHKEY_URL: server.url, LATCHKEY_TOKEN: token, LATCHKEY_REGION: "north" };
  return () => rm(home, { recursive: true, force: true });
});

const connect = (args: string[], more: Parameters<typeof runLatchkeyHere>[1] = {}) =>
  runLatchkeyHere(["connect", ...args], { env, ...more });
const read = (...place: string[]) => readFile(join(home, ...place), "utf8");
const modeOf = async (...place: string[]) => (await stat(join(home, ...place))).mode & 0o777;
const keysOf = () => db.accessKey.findMany({ where: { principal: { projectId: given.scope.projectId } } });

test("a new key is written into both files of aws after a yes, and never printed", async () => {
  const { code, printed, complaint } = await connect(["aws"], { person: true, input: ["yes"] });
  expect([code, complaint]).toEqual([EXIT.done, expect.stringContaining("Write this? Type yes: ")]);
  const [, id = "", secret = ""] =
    /^\[north\]\naws_access_key_id = (\w+)\naws_secret_access_key = (\w+)\n$/.exec(await read(".aws/credentials")) ??
    [];
  expect((await keysOf()).map(({ accessKeyId, state }) => [accessKeyId, state])).toEqual([[id, "ACTIVE"]]);
  const answer = await given.ask({ change: { accessKeyId: id } as never, secret: { reveal: () => secret } as never });
  expect(answer).toBe("accepted");
  expect(await read(".aws/config")).toContain("[profile north]");
  expect([await modeOf(".aws/credentials"), await modeOf(".aws/config"), await modeOf(".aws")]).toEqual([
    0o600, 0o600, 0o700,
  ]);
  expect(complaint).toContain(`${join(home, ".aws/credentials")}: section [north], new`);
  expect(printed).toContain("aws --profile north s3 ls");
  expect(printed + complaint).not.toContain(secret);
});

test.each([
  { what: "another word", person: true, input: ["no"], exit: EXIT.unconfirmed },
  { what: "nobody there", person: false, input: "", exit: EXIT.unconfirmed },
])("with $what no key is made and no file is written", async ({ person, input, exit }) => {
  expect((await connect(["aws"], { person, input })).code).toBe(exit);
  expect(await keysOf()).toEqual([]);
  expect(await readdir(home)).toEqual([]);
});

test("the secret of the current key is typed unseen, or piped in with --secret-stdin", async () => {
  const { change, secret } = await given.makeKey();
  const typed = await connect(["s3cmd"], { person: true, input: ["yes", secret.reveal()] });
  expect([typed.code, typed.complaint]).toEqual([EXIT.done, expect.stringContaining(change.accessKeyId)]);
  expect(await read(".s3cfg-north")).toContain(`secret_key = ${secret.reveal()}`);
  const piped = await connect(["rclone", "--secret-stdin", "--yes"], { input: `${secret.reveal()}\n` });
  expect(piped.code).toBe(EXIT.done);
  expect(await read(".config/rclone/rclone.conf")).toContain(`secret_access_key = ${secret.reveal()}`);
  for (const run of [typed, piped]) expect(run.printed + run.complaint).not.toContain(secret.reveal());
});

test("where nobody can type, a key that exists needs an option, and the sentence names them", async () => {
  await given.makeKey();
  const { code, complaint } = await connect(["aws", "--yes"]);
  expect(code).toBe(EXIT.usage);
  for (const option of ["--secret-stdin", "--regenerate", "--print"]) expect(complaint).toContain(option);
  expect(await readdir(home)).toEqual([]);
});

test("--regenerate asks for the word, names the old key, and writes the new one", async () => {
  const { change } = await given.makeKey();
  await writeFile(join(home, ".passwd-s3fs-north"), `${change.accessKeyId}:old\n`, { mode: 0o644 });
  expect((await connect(["s3fs", "--regenerate"], { person: true, input: ["yes"] })).code).toBe(EXIT.unconfirmed);
  expect(await keysOf()).toHaveLength(1);
  const { code, complaint } = await connect(["s3fs", "--regenerate"], { person: true, input: ["confirm"] });
  expect([code, complaint]).toEqual([EXIT.done, expect.stringContaining(`${change.accessKeyId} is replaced`)]);
  const keys = await keysOf();
  const now = keys.find(({ accessKeyId }) => accessKeyId !== change.accessKeyId);
  expect(await read(".passwd-s3fs-north")).toMatch(new RegExp(`^${now?.accessKeyId}:\\w{40}\\n$`));
  expect(await modeOf(".passwd-s3fs-north")).toBe(0o600);
});

test("other profiles stay, config keeps its mode, and a profile with another key is named in the question", async () => {
  await mkdir(join(home, ".aws"));
  const config = "# mine\n[default]\nregion = eu-1\n";
  await writeFile(join(home, ".aws/config"), config, { mode: 0o644 });
  const credentials = "[work]\naws_access_key_id = WORK\naws_secret_access_key = s\n";
  const own = "[north]\naws_access_key_id = LKOLD\naws_secret_access_key = s\n";
  await writeFile(join(home, ".aws/credentials"), own + credentials, { mode: 0o644 });
  const { code, complaint } = await connect(["aws", "--create", "--yes"]);
  expect([code, complaint]).toEqual([EXIT.done, expect.stringContaining("with another access key, LKOLD")]);
  expect((await read(".aws/config")).startsWith(config)).toBe(true);
  expect((await read(".aws/credentials")).endsWith(credentials)).toBe(true);
  expect(await read(".aws/credentials")).not.toContain("LKOLD");
  expect([await modeOf(".aws/config"), await modeOf(".aws/credentials")]).toEqual([0o644, 0o600]);
});

const OBSTACLES: [string, string, (path: string) => Promise<void>][] = [
  ["a link", "is a link", (path) => symlink("/dev/null", path)],
  ["a folder", "is not a file", async (path) => void (await mkdir(path))],
  ["read-only", "is not writable", (path) => writeFile(path, "[a]\n", { mode: 0o444 })],
  ["too large", "is larger than 1 MiB", (path) => writeFile(path, "#".repeat(1024 * 1024 + 1))],
  ["no text", "is not text in UTF-8", (path) => writeFile(path, Buffer.from([0x5b, 0xff, 0x5d]))],
];

test.each(OBSTACLES)("a file that is %s costs no key, and stays as it is", async (_what, why, place) => {
  await mkdir(join(home, ".aws"));
  await place(join(home, ".aws/credentials"));
  const { code, complaint } = await connect(["aws", "--create", "--yes"]);
  expect([code, complaint]).toEqual([EXIT.usage, expect.stringContaining(why)]);
  expect(complaint).toContain("Nothing was changed.");
  expect(await keysOf()).toEqual([]);
  expect(await readdir(join(home, ".aws"))).toEqual(["credentials"]);
});

test("a file of another person, or in a folder that is a file, costs no key", async (context) => {
  await writeFile(join(home, ".aws"), "");
  expect((await connect(["aws", "--yes"])).complaint).toContain("is not a folder");
  context.skip(process.getuid?.() !== 0, "only root may give a file away");
  await writeFile(join(home, ".s3cfg-north"), "");
  await chown(join(home, ".s3cfg-north"), 12_345, 12_345);
  expect((await connect(["s3cmd", "--yes"])).complaint).toContain("belongs to another person");
  expect(await keysOf()).toEqual([]);
});

test("a folder that may not be written costs no key; root may write every folder", async () => {
  const isRoot = process.getuid?.() === 0;
  await mkdir(join(home, ".aws"));
  await chmod(join(home, ".aws"), 0o500);
  const { code, complaint } = await connect(["aws", "--yes"]);
  expect(code).toBe(isRoot ? EXIT.done : EXIT.usage);
  expect(complaint.includes("is not writable")).toBe(!isRoot);
  expect(await keysOf()).toHaveLength(isRoot ? 1 : 0);
});

test("an encrypted file of rclone and a broken one of mc cost no key", async () => {
  env.RCLONE_CONFIG = join(home, "rclone.conf");
  env.MC_CONFIG_DIR = home;
  await writeFile(env.RCLONE_CONFIG, "# Encrypted rclone configuration File\n\nRCLONE_ENCRYPT_V0:\nabc\n");
  await writeFile(join(home, "config.json"), '{"aliases": "');
  expect((await connect(["rclone", "--yes"])).complaint).toContain("is encrypted");
  expect((await connect(["mc", "--yes"])).complaint).toContain("is not valid JSON");
  expect(await keysOf()).toEqual([]);
});

test("when the file cannot be written after all, the sentence names the key and how to get a new secret", async () => {
  beforeAnswer = () => symlink("/dev/null", join(home, ".s3cfg-north-a-b"));
  const { code, printed, complaint } = await connect(["s3cmd", "--name", "a b", "--yes"]);
  const [key] = await keysOf();
  expect([code, printed]).toEqual([EXIT.unexpected, ""]);
  expect(complaint).toContain(`The key ${key?.accessKeyId} was made`);
  expect(complaint).toContain("latchkey connect s3cmd --regenerate --name 'a b'");
  expect(complaint).not.toMatch(/\b[A-Za-z0-9]{40}\b/);
});

test("a named key has its own profile, and a name that no client takes needs --profile-name", async () => {
  const { code } = await connect(["rclone", "--name", "backup host", "--access", "read-only", "--yes"]);
  expect([code, await read(".config/rclone/rclone.conf")]).toEqual([0, expect.stringContaining("[north-backup-host]")]);
  expect(await keysOf()).toMatchObject([{ slot: "backup host", access: "READ_ONLY" }]);
  expect((await connect(["rclone", "--name", "备份", "--yes"])).complaint).toContain("--profile-name");
  const named = await connect(["mc", "--name", "备份", "--profile-name", "spare", "--yes", "-o", "json"]);
  const key = (await keysOf()).find(({ slot }) => slot === "备份");
  expect(JSON.parse(named.printed)).toEqual({
    client: "mc",
    profile: "spare",
    accessKeyId: key?.accessKeyId,
    files: [join(home, ".mc/config.json")],
  });
  const { aliases } = JSON.parse(await read(".mc/config.json")) as { aliases: { spare: object } };
  expect(aliases.spare).toMatchObject({ accessKey: key?.accessKeyId, api: "S3v4", path: "on" });
});

test.each(CLIENT_NAMES)("%s: --print shows the texts with a placeholder and writes nothing", async (client) => {
  const { change, secret } = await given.makeKey();
  const { code, printed } = await connect([client, "--print", "--profile-name", "mine"]);
  expect([code, printed]).toEqual([EXIT.done, expect.stringMatching(/s3|mine/)]);
  expect(printed).not.toContain(secret.reveal());
  expect(await readdir(home)).toEqual([]);
  const withSecret = await connect([client, "--print", "--secret-stdin"], { input: secret.reveal() });
  expect(withSecret.printed).not.toContain(SECRET_PLACEHOLDER);
  expect(withSecret.printed.includes(secret.reveal())).toBe(printed.includes(SECRET_PLACEHOLDER));
  expect(withSecret.printed.includes(change.accessKeyId)).toBe(printed.includes(SECRET_PLACEHOLDER));
});

test("programs of a person are printed, and no key is made for them", async () => {
  expect((await connect(["restic"])).complaint).toContain("There is no current key");
  await addNamedKey(given.scope, "north", "reader", "READ_ONLY");
  const { printed } = await connect(["restic", "--name", "reader", "-o", "json"]);
  expect(printed).toContain(SECRET_PLACEHOLDER);
  expect(printed).not.toContain("init");
  expect((await connect(["restic", "--regenerate"])).code).toBe(EXIT.usage);
  expect((await connect(["aws", "--print", "--create"])).code).toBe(EXIT.usage);
  expect(await readdir(home)).toEqual([]);
});

test.each([
  [["cyberduck"], "rclone"],
  [["aws", "--profile-name", "a]b"], "letters, digits"],
  [["aws", "--create", "--regenerate"], "cannot be used with"],
  [["s3cmd", "--short-lived"], "aws only"],
  [["aws", "--hours", "8"], "--short-lived"],
  [["aws", "--short-lived", "--hours", "soon"], "whole number"],
  [["aws", "--access", "write"], "read-only"],
  [["aws", "--regenerate", "--yes"], "There is no current key"],
])("%j is refused, and nothing is made", async (args, why) => {
  const { code, complaint } = await connect(args);
  expect([code, complaint]).toEqual([expect.toSatisfy((exit) => exit !== EXIT.done), expect.stringContaining(why)]);
  expect(await keysOf()).toEqual([]);
  expect(await readdir(home)).toEqual([]);
});

test("--create and --expires do not fit a key that exists", async () => {
  await given.makeKey();
  expect((await connect(["aws", "--create", "--yes"])).code).toBe(EXIT.refused);
  const { code } = await connect(["aws", "--secret-stdin", "--expires", "9d", "--yes"], { input: "secret" });
  expect(code).toBe(EXIT.usage);
  expect(await readdir(home)).toEqual([]);
});

test("--expires gives the new key its date", async () => {
  expect((await connect(["s3cmd", "--create", "--expires", "2099-01-01", "--yes"])).code).toBe(EXIT.done);
  expect(await keysOf()).toMatchObject([{ expiresAt: new Date("2099-01-01") }]);
});

test("--short-lived writes the program that gives the keys, makes no key, and leaves the credentials alone", async () => {
  const { code, complaint } = await connect(["aws", "--short-lived", "--hours", "4", "--yes"]);
  expect([code, complaint]).toEqual([
    EXIT.done,
    expect.stringContaining("sections [profile north] and [services north], new"),
  ]);
  const line = `credential_process = latchkey credentials --project ${given.scope.slug} --region north --hours 4\n`;
  expect(await read(".aws/config")).toContain(`[profile north]\n${line}`);
  expect(await readdir(join(home, ".aws"))).toEqual(["config"]);
  expect(await keysOf()).toEqual([]);
  expect((await connect(["aws", "--short-lived", "--print"])).printed).toContain("credential_process = latchkey");
});

test("--short-lived is refused where the profile has a key of its own, which the AWS tools prefer", async () => {
  await mkdir(join(home, ".aws"));
  await writeFile(join(home, ".aws/credentials"), "[north]\naws_access_key_id = LKOLD\n");
  const { code, complaint } = await connect(["aws", "--short-lived", "--yes"]);
  expect([code, complaint]).toEqual([EXIT.refused, expect.stringContaining("has a section [north]")]);
  expect((await connect(["aws", "--short-lived", "--profile-name", "short", "--yes"])).code).toBe(EXIT.done);
});
