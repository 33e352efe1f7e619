import { isIP } from "node:net";
import { z } from "zod";
import { isPlainText } from "@/lib/platform/text/plain-text";
import { splitList } from "@/lib/platform/text/split-list";
import { isLoopback } from "@/lib/platform/net/host";
import { httpUrl } from "@/lib/platform/net/http-url";

const PORT_RULE = "a port number from 1 to 65535";
const port = z.coerce.number({ error: PORT_RULE }).int(PORT_RULE).min(1, PORT_RULE).max(65_535, PORT_RULE);
const DAYS_RULE = "a whole number of days from 1 to 3650";
const days = z.coerce.number({ error: DAYS_RULE }).int(DAYS_RULE).min(1, DAYS_RULE).max(3_650, DAYS_RULE);
const HEAP_RULE = "a whole number of MB from 96 to 65536";
const heap = z.coerce.number({ error: HEAP_RULE }).int(HEAP_RULE).min(96, HEAP_RULE).max(65_536, HEAP_RULE);
const BRAND_RULE = "a name of 1 to 40 characters, without control characters";
const NAMED_KEYS_RULE = "a whole number from 0 to 50";
const namedKeys = z.coerce
  .number({ error: NAMED_KEYS_RULE })
  .int(NAMED_KEYS_RULE)
  .min(0, NAMED_KEYS_RULE)
  .max(50, NAMED_KEYS_RULE);
const CHECK_RULE = "a whole number of seconds from 2 to 3600";
const checkSeconds = z.coerce.number({ error: CHECK_RULE }).int(CHECK_RULE).min(2, CHECK_RULE).max(3_600, CHECK_RULE);
const MASTER_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
/** Secrets that the operator does not give. */
const DRAWN = "drawn once and kept in the data folder";
const secret = z.string({ error: "a secret of at least 32 characters" }).min(32, "a secret of at least 32 characters");

/**
 * Every setting, one an environment variable. `npm run up` fills in what the operator leaves out and gives each
 * process that it starts a complete set. The messages say what is wanted and never what was given. `description` says
 * what a setting means, `leftOut` what holds without it where the schema has no default that says so: docs/settings.md
 * and .env.example are made from them.
 */
export const SETTINGS = {
  HOST: z
    .string()
    .refine((text) => isIP(text) !== 0, "an IP address, such as 127.0.0.1 or 0.0.0.0")
    .default("127.0.0.1")
    .meta({
      description:
        "IP address on which the portal and the built-in S3 server listen; a portal at localhost listens on `127.0.0.1` and `::1`",
    }),
  PORT: port.default(3000).meta({ description: "port of the portal" }),
  S3_PORT: port
    .max(65_534, "a port number from 1 to 65534")
    .default(9000)
    .meta({ description: "port of the built-in region `north`; `south` takes the next port" }),
  S3_ADMIN_PORT: port.meta({
    description: "port of the built-in S3 server's admin interface, which is always on loopback",
    leftOut: "`S3_PORT` + 2",
  }),
  LATCHKEY_DATA_DIR: z.string().min(1, "a folder").default(".data").meta({
    description:
      "folder of everything that is kept: the embedded database, the built-in S3 server's objects, drawn secrets",
  }),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: "a URL that begins with postgresql://" })
    .meta({ description: "a PostgreSQL database of your own", leftOut: "the embedded database" }),
  LATCHKEY_URL: httpUrl.meta({
    description:
      "the portal's address as browsers see it; must be set when `HOST` means all addresses, as `0.0.0.0` does",
    leftOut: "from `HOST` and `PORT`; on `127.0.0.1` and `::1` with the name localhost",
  }),
  LATCHKEY_ALLOW_HTTP: z.enum(["0", "1"], { error: "1 or 0" }).default("0").meta({
    description:
      "`1` lets `LATCHKEY_URL` be plain http although it is not on loopback; passwords, sessions and secret keys then cross the network unencrypted",
  }),
  LATCHKEY_S3_URL_NORTH: httpUrl.meta({
    description: "the S3 address of the built-in region `north` as people's tools see it",
    leftOut: "from `S3_PORT` and the host of `LATCHKEY_URL`; on loopback from `HOST`",
  }),
  LATCHKEY_S3_URL_SOUTH: httpUrl.meta({
    description: "the S3 address of the built-in region `south` as people's tools see it",
    leftOut: "the same with `S3_PORT` + 1",
  }),
  LATCHKEY_TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => splitList(text).every((part) => isAddressOrRange(part) && !part.endsWith("/0")),
      "IP addresses or ranges such as 10.0.0.0/8, separated by commas, and not the range of all addresses",
    )
    .default("")
    .meta({
      description: "addresses or ranges of proxies whose forwarded headers are believed, separated by commas",
      leftOut: "none",
    }),
  LATCHKEY_ALLOWED_ADDRESSES: z
    .string()
    .refine(
      (text) => splitList(text).every(isHostOrRange),
      "host names, IP addresses or ranges such as 169.254.10.0/24, separated by commas",
    )
    .default("")
    .meta({
      description:
        "host names, addresses or ranges of storage systems that are allowed although they are link-local or belong to a metadata service, separated by commas",
      leftOut: "none",
    }),
  LATCHKEY_REGIONS: z.string().default("").meta({
    description: "a YAML file that declares [regions](regions-file.md)",
    leftOut: "regions come from the command line",
  }),
  LATCHKEY_MASTER_KEY: z
    .string({ error: "32 bytes in base64" })
    .refine((text) => MASTER_KEY.test(text), "32 bytes in base64")
    .meta({
      description: "[the key](master-key.md) that seals the admin credentials of regions: 32 bytes in base64",
      leftOut: DRAWN,
    }),
  LATCHKEY_MASTER_KEY_FORMER: z
    .string()
    .refine(
      (text) => splitList(text).every((part) => MASTER_KEY.test(part)),
      "keys of 32 bytes in base64, separated by commas",
    )
    .transform((text) => splitList(text).join(","))
    .default("")
    .meta({
      description:
        "former master keys, separated by commas; they open what they sealed until [the rotation](master-key.md) is done",
      leftOut: "none",
    }),
  LATCHKEY_SESSION_SECRET: secret.meta({
    description: "encrypts session cookies; at least 32 characters",
    leftOut: DRAWN,
  }),
  LATCHKEY_S3_ADMIN_TOKEN: secret.meta({
    description: "token for the built-in S3 server's admin interface; at least 32 characters",
    leftOut: DRAWN,
  }),
  LATCHKEY_HEALTH_TOKEN: secret.meta({
    description:
      "bearer token with which `/api/health` gives details to callers outside loopback; at least 32 characters",
    leftOut: DRAWN,
  }),
  LATCHKEY_CHECK_SECONDS: checkSeconds.default(50).meta({
    description:
      "how often, in seconds, the worker checks the storage system of each region and compares some of its keys",
  }),
  LATCHKEY_KEEP_SESSIONS_DAYS: days.default(30).meta({
    description: "how many days a session that ended is kept in the database, with its address and browser",
  }),
  LATCHKEY_KEEP_REFUSALS_DAYS: days.default(30).meta({
    description: "how many days the counts of sign-ins that a limit refused are kept, with e-mail and network",
  }),
  LATCHKEY_BRAND: z
    .string()
    .trim()
    .min(1, BRAND_RULE)
    .max(40, BRAND_RULE)
    .refine(isPlainText, BRAND_RULE)
    .default("Latchkey")
    .meta({ description: "what the portal is called on its pages and in the texts for clients" }),
  LATCHKEY_NAMED_KEYS: namedKeys.default(10).meta({
    description: "how many named keys a project may have in a region, beside the default one; `0` for none",
  }),
  LATCHKEY_WEB_HEAP_MB: heap.default(256).meta({
    description:
      "the most memory, in MB, that the JavaScript heap of the web process may take; the process takes about 150 MB besides",
  }),
  LATCHKEY_WORKER_HEAP_MB: heap.default(192).meta({
    description: "the same for the worker, which takes about 100 MB besides",
  }),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(", ")}` })
    .default("info")
    .meta({ description: `how much is logged: ${LOG_LEVELS.join(", ")}` }),
};

const addressOrRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

/** Why the portal may not have this address: plain http to other machines shows everybody on the way every secret. */
export function findUrlProblem(given: { LATCHKEY_URL: string; LATCHKEY_ALLOW_HTTP: string }): string | undefined {
  const { protocol, hostname } = new URL(given.LATCHKEY_URL);
  if (protocol === "https:" || isLoopback(hostname) || given.LATCHKEY_ALLOW_HTTP === "1") return undefined;
  return "an https address, because passwords, sessions and secret keys would cross the network unencrypted; LATCHKEY_ALLOW_HTTP=1 allows http all the same";
}

/** An error text with a line for each invalid or missing setting: its name and what it must be, never its value. */
export function describeProblems(
  issues: readonly { path?: readonly unknown[] | undefined; message: string }[],
): string {
  const lines = issues.map(({ path = [], message }) => `  ${path.map(nameOf).join(".")}: ${message}`);
  return `These settings (environment variables) are invalid:\n${[...new Set(lines)].join("\n")}`;
}

function nameOf(part: unknown): string {
  return typeof part === "object" && part !== null && "key" in part ? String(part.key) : String(part);
}

function isAddressOrRange(text: string): boolean {
  return addressOrRange.safeParse(text).success;
}

function isHostOrRange(text: string): boolean {
  return isAddressOrRange(text) || (/^[A-Za-z0-9._-]{1,253}$/.test(text) && !/^[\d.]+$/.test(text));
}
