import { isIP } from "node:net";
import { z } from "zod";
import { httpUrl } from "@/lib/platform/net/http-url";

const PORT_WANTED = "a port number from 1 to 65535";
const port = z.coerce.number({ error: PORT_WANTED }).int(PORT_WANTED).min(1, PORT_WANTED).max(65_535, PORT_WANTED);
const MASTER_KEY = /^[A-Za-z0-9+/_-]{43}=?$/;
const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const secret = z.string({ error: "a secret of at least 32 characters" }).min(32, "a secret of at least 32 characters");

/**
 * Every setting, one an environment variable. `npm run up` fills in what the operator leaves out and hands each
 * process it starts a complete set. The messages say what is wanted and never what was given.
 */
export const SETTINGS = {
  /** Address on which the portal and the built-in S3 server listen. Anything but loopback is for others to reach. */
  HOST: z
    .string()
    .refine((text) => isIP(text) !== 0, "an IP address, such as 127.0.0.1 or 0.0.0.0")
    .default("127.0.0.1"),
  /** Port of the portal. */
  PORT: port.default(3000),
  /** Port of the first region of the built-in S3 server; the second takes the next. */
  S3_PORT: port.max(65_534, "a port number from 1 to 65534").default(9000),
  /** Port of the built-in S3 server's admin interface, always on loopback. Left out: S3_PORT + 2. */
  S3_ADMIN_PORT: port,
  /** Folder of everything that is kept: the embedded database, the built-in S3 server's objects, secrets. */
  LATCHKEY_DATA_DIR: z.string().min(1, "a folder").default(".data"),
  /** A PostgreSQL database to use. Left out: the embedded one in the data folder. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "a URL that begins with postgresql://" }),
  /** The portal's address as browsers see it. Left out: HOST and PORT over http, unless HOST is all addresses. */
  LATCHKEY_URL: httpUrl,
  /**
   * The S3 address of the built-in region north as its users see it. Left out: S3_PORT over http, on the host of
   * LATCHKEY_URL or, when HOST is loopback, on HOST.
   */
  LATCHKEY_S3_URL_NORTH: httpUrl,
  /** The S3 address of the built-in region south as its users see it. Left out: likewise, with S3_PORT + 1. */
  LATCHKEY_S3_URL_SOUTH: httpUrl,
  /** Addresses or ranges of proxies whose forwarded headers are believed, separated by commas. Left out: none is. */
  LATCHKEY_TRUSTED_PROXIES: z
    .string()
    .refine(
      (text) => splitList(text).every(isAddressOrRange),
      "IP addresses or ranges such as 10.0.0.0/8, separated by commas",
    )
    .default(""),
  /**
   * Host names, addresses or ranges that storage systems may have although they are link-local or a metadata
   * service's, separated by commas. Left out: none may.
   */
  LATCHKEY_ALLOWED_ADDRESSES: z
    .string()
    .refine(
      (text) => splitList(text).every(isHostOrRange),
      "host names, IP addresses or ranges such as 169.254.10.0/24, separated by commas",
    )
    .default(""),
  /** A YAML file that declares regions. Left out: regions come from the command line. */
  LATCHKEY_REGIONS: z.string().default(""),
  /** Key that seals the admin credentials of regions: 32 bytes in base64. Left out: drawn once. */
  LATCHKEY_MASTER_KEY: z
    .string({ error: "32 bytes in base64" })
    .refine((text) => MASTER_KEY.test(text), "32 bytes in base64"),
  /**
   * Keys that sealed before LATCHKEY_MASTER_KEY and still open what they sealed, separated by commas, until
   * `master-key rotate` has sealed it anew. Left out: none.
   */
  LATCHKEY_MASTER_KEY_FORMER: z
    .string()
    .refine(
      (text) => splitList(text).every((part) => MASTER_KEY.test(part)),
      "keys of 32 bytes in base64, separated by commas",
    )
    .transform((text) => splitList(text).join(","))
    .default(""),
  /** Key that encrypts session cookies. Left out: drawn once. */
  LATCHKEY_SESSION_SECRET: secret,
  /** Token for the built-in S3 server's admin interface. Left out: drawn once. */
  LATCHKEY_S3_ADMIN_TOKEN: secret,
  /** Bearer token with which /api/health gives details to others than loopback. Left out: drawn once. */
  LATCHKEY_HEALTH_TOKEN: secret,
  /** How much is logged. */
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(", ")}` }).default("info"),
};

/** The parts of a list written with commas. */
export function splitList(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** One line for each setting that is missing or wrong: its name and what it wants, never what was given. */
export function describeProblems(
  issues: readonly { path?: readonly unknown[] | undefined; message: string }[],
): string {
  const lines = issues.map(({ path = [], message }) => `  ${path.map(nameOf).join(".")}: ${message}`);
  return `These settings (environment variables) need another value:\n${[...new Set(lines)].join("\n")}`;
}

function nameOf(part: unknown): string {
  return typeof part === "object" && part !== null && "key" in part ? String(part.key) : String(part);
}

function isAddressOrRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function isHostOrRange(text: string): boolean {
  return isAddressOrRange(text) || (/^[A-Za-z0-9._-]{1,253}$/.test(text) && !/^[\d.]+$/.test(text));
}
