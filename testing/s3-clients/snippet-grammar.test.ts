import { parse } from "@cdktn/hcl2json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type ClientName, type Connection, guideClient } from "@/lib/clients/rules";
import { isPlainText } from "@/lib/platform/text/plain-text";
import { httpUrl } from "@/lib/platform/net/http-url";
import { slugSchema } from "@/lib/platform/text/slug";
import { runProgram } from "./programs";

// The same texts in every run.
fc.configureGlobal({ seed: 20_261_128 });

/** Whatever comes back from a parser must be what went into the text. These clients do not come from Debian. */

const RUNS = 60;
const LIMIT_MS = 120_000;

/** What a shell or HCL reads as more than a letter. */
const oddText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "${",
        "%{",
        "$${",
        "%%{",
        "$",
        "%",
        "{",
        "}",
        '"',
        "'",
        "\\",
        "`",
        "$(x)",
        "!",
        "*",
        "~",
        " ",
        "#",
      ),
      fc.string({ unit: "binary", minLength: 1, maxLength: 3 }).filter(isPlainText),
    ),
    { minLength: 1, maxLength: 12 },
  )
  // HCL normalises its texts.
  .map((parts) => parts.join("").normalize());

const endpoints = fc
  .oneof(
    fc.constantFrom(
      "http://127.0.0.1:9000",
      "http://[::1]:9000",
      "http://a$b'c.example",
      'https://a"b.example',
      "https://x${y}.z",
    ),
    fc.domain().map((domain) => `https://${domain}`),
  )
  .filter((text) => httpUrl.safeParse(text).success);

const slugs = fc.stringMatching(/^[a-z0-9](-?[a-z0-9]){1,12}$/).filter((text) => slugSchema.safeParse(text).success);

/** No driver makes a secret that begins with a hyphen, which mc would read as an option. */
const secrets = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9/+]{40}$/),
  oddText.filter((text) => !text.startsWith("-")),
);

const connections: fc.Arbitrary<Connection> = slugs.chain((profile) =>
  fc.record({
    region: fc.constant(profile),
    profile: fc.constant(profile),
    readOnly: fc.boolean(),
    endpoint: endpoints,
    signingRegion: oddText,
    accessKeyId: fc.stringMatching(/^[A-Z0-9]{16,20}$/),
    secretAccessKey: secrets,
    plainUploads: fc.boolean(),
  }),
);

const textOf = (name: ClientName, connection: Connection): string =>
  guideClient(name, connection)
    .snippets.filter(({ kind }) => kind !== "file")
    .map(({ text }) => text)
    .join("");

const check = (property: (connection: Connection) => Promise<void>) =>
  fc.assert(fc.asyncProperty(connections, property), { numRuns: RUNS });

/** The words of each command of the program, as a shell reads them. `after`: commands behind the text. */
async function readCommands(program: string, text: string, after = ""): Promise<string[][]> {
  const stand = `${program}() { printf 'command\\0'; printf '%s\\0' "$@"; }`;
  const run = await runProgram("/bin/sh", ["-euc", `${stand}\n${text}${after}`], { HOME: "/nowhere" });
  expect([run.code, run.stderr]).toEqual([0, ""]);
  const commands: string[][] = [];
  for (const word of run.stdout.split("\0").slice(0, -1)) {
    if (word === "command") commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands;
}

/** mc's own rule (its function isValidAlias): a letter, then letters, digits, hyphens and underscores. */
const MC_ALIAS = /^[a-zA-Z][a-zA-Z0-9_-]+$/;
/** Options of `mc alias set`, and what each may be. */
const MC_OPTIONS: Record<string, RegExp> = { "--api": /^S3v[24]$/i, "--path": /^(auto|on|off)$/ };

test(
  "mc: the words are those of its manual, and hold what went in",
  () =>
    check(async (connection) => {
      const { endpoint, accessKeyId, secretAccessKey, readOnly } = connection;
      const [set = [], ...others] = await readCommands("mc", textOf("mc", connection));
      const [noun, verb, alias = "", ...rest] = set;
      expect([noun, verb, ...rest.slice(0, 3)]).toEqual(["alias", "set", endpoint, accessKeyId, secretAccessKey]);
      expect(alias).toMatch(MC_ALIAS);
      expect(alias.endsWith(connection.profile)).toBe(true);
      const options = rest.slice(3);
      expect(options.length % 2).toBe(0);
      for (let at = 0; at < options.length; at += 2)
        expect(options[at + 1]).toMatch(MC_OPTIONS[options[at] ?? ""] ?? /^an option that mc has$/);
      expect(others).toEqual([...(readOnly ? [] : [["mb", `${alias}/my-bucket`]]), ["ls", alias]]);
    }),
  LIMIT_MS,
);

/** What the manual of the provider aws lists, as far as storage systems that are not AWS need it. */
const PROVIDER_ARGUMENTS = [
  ...["access_key", "secret_key", "profile", "region", "shared_config_files", "shared_credentials_files"],
  ...["s3_use_path_style", "skip_credentials_validation", "skip_metadata_api_check", "skip_region_validation"],
  ...["skip_requesting_account_id", "endpoints"],
];

interface Configuration {
  provider: { aws: Record<string, unknown>[] };
  resource?: { aws_s3_bucket: Record<string, object[]> };
  data?: { aws_s3_bucket: Record<string, object[]> };
}

/** The parser keeps strings as templates. A string of ours has no template: each `${` and `%{` of it is escaped. */
function readTemplate(text: unknown): string {
  expect(String(text).replaceAll(/\$\$\{|%%\{/g, " ")).not.toMatch(/[$%]\{/);
  return String(text).replaceAll(/([$%])\1\{/g, "$1{");
}

test(
  "Terraform: the file is HCL with the arguments of the provider, and holds what went in",
  () =>
    check(async (connection) => {
      const parsed = (await parse("main.tf", textOf("terraform", connection))) as Configuration;
      const kind = connection.readOnly ? "data" : "resource";
      expect(Object.keys(parsed).sort()).toEqual([kind, "provider"].sort());
      expect(parsed[kind]).toEqual({ aws_s3_bucket: { my_bucket: [{ bucket: "my-bucket" }] } });
      expect(parsed.provider.aws).toHaveLength(1);
      const { profile, region, endpoints: addresses, ...switches } = parsed.provider.aws[0] ?? {};
      expect(PROVIDER_ARGUMENTS).toEqual(expect.arrayContaining(Object.keys(switches)));
      expect(new Set(Object.values(switches))).toEqual(new Set([true]));
      const [{ s3, ...none } = {}] = addresses as Record<string, unknown>[];
      expect(none).toEqual({});
      expect([profile, region, s3].map(readTemplate)).toEqual([
        connection.profile,
        connection.signingRegion,
        connection.endpoint,
      ]);
    }),
  LIMIT_MS,
);

test("Terraform: the check refuses a template and a string that does not end", async () => {
  await expect(parse("main.tf", 'provider "aws" {\n  region = "a"b"\n}\n')).rejects.toThrow();
  const { provider } = (await parse("main.tf", 'provider "aws" {\n  region = "a${b}"\n}\n')) as Configuration;
  expect(() => readTemplate(provider.aws[0]?.region)).toThrow();
});

test(
  "restic and s3fs: the shell reads what went in",
  () =>
    check(async (connection) => {
      const { endpoint, signingRegion, accessKeyId, secretAccessKey } = connection;
      const tell = `\nrestic "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$AWS_DEFAULT_REGION" "$RESTIC_REPOSITORY"\n`;
      const told = (await readCommands("restic", textOf("restic", connection), tell)).at(-1);
      expect(told).toEqual([accessKeyId, secretAccessKey, signingRegion, `s3:${endpoint}/my-bucket/restic`]);
      const mount = textOf("s3fs", connection)
        .split("\n")
        .filter((line) => line.startsWith("s3fs "))
        .join("\n");
      const [words] = await readCommands("s3fs", mount);
      expect(words).toEqual(expect.arrayContaining([`url=${endpoint}`, `endpoint=${signingRegion}`]));
    }),
  LIMIT_MS,
);

test(
  "AWS CLI: the shell reads the endpoint that went in",
  () =>
    check(async (connection) => {
      const [first] = await readCommands("aws", textOf("aws", connection));
      expect(first?.slice(0, 4)).toEqual(["--profile", connection.profile, "--endpoint-url", connection.endpoint]);
    }),
  LIMIT_MS,
);

test.each(["boto3", "javascript"] as const)("%s: the strings hold what went in", async (name) => {
  const wanted = name === "boto3" ? (["endpoint"] as const) : (["endpoint", "signingRegion"] as const);
  await check(async (connection) => {
    const literals = textOf(name, connection).match(/"(?:[^"\\\n]|\\.)*"/g) ?? [];
    const values = literals.map((literal) => JSON.parse(literal) as unknown);
    for (const field of wanted) expect(values).toContain(connection[field]);
  });
});
