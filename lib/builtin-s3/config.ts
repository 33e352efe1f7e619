import { z } from "zod";
import { AppError } from "@/lib/platform/errors";
import { parseMasterKey } from "@/lib/platform/crypto/seal";
import { Secret } from "@/lib/platform/secret";
import { type ExpectedStore, expectedStoreSchema } from "./store/stamp";

export interface BuiltinS3Config {
  /** Everything is stored under `<dataDir>/s3`. */
  dataDir: string;
  /** The address that the S3 listeners bind to; the admin listener always binds to loopback. */
  host: string;
  regions: readonly {
    name: string;
    port: number;
    signingRegion: string;
    /** What the region's folder must hold. Left out: anything. */
    store?: ExpectedStore | undefined;
  }[];
  adminPort: number;
  adminToken: Secret;
  /** 32 bytes that seal the accounts' secrets. */
  masterKey: Buffer;
  /** Former master keys. Secrets that they sealed are opened at the start, and sealed again with `masterKey`. */
  formerKeys?: readonly Buffer[];
}

const port = z.coerce.number().int().min(0).max(65_535);
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1 to 63 of a-z, 0-9 and -");

const regions = z
  .array(z.strictObject({ name, port, signingRegion: name, store: expectedStoreSchema.optional() }))
  .min(1)
  .refine((list) => new Set(list.map((region) => region.name)).size === list.length, "names must differ");

const keys = z.string().transform((text, context) => {
  try {
    return text.split(",").filter(Boolean).map(parseMasterKey);
  } catch {
    context.addIssue("must be 32 bytes in base64");
    return z.NEVER;
  }
});

const environment = z.object({
  LATCHKEY_DATA_DIR: z.string().min(1),
  HOST: z.string().min(1).default("127.0.0.1"),
  LATCHKEY_S3_REGIONS: z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue('must be JSON, such as [{"name":"north","port":9000,"signingRegion":"north-1"}]');
        return z.NEVER;
      }
    })
    .pipe(regions),
  S3_ADMIN_PORT: port,
  LATCHKEY_S3_ADMIN_TOKEN: z
    .string()
    .min(16, "must have at least 16 characters")
    .transform((text) => new Secret(text)),
  LATCHKEY_MASTER_KEY: keys.transform(([key, ...others], context) => {
    if (key && others.length === 0) return key;
    context.addIssue("must be 32 bytes in base64");
    return z.NEVER;
  }),
  LATCHKEY_MASTER_KEY_FORMER: keys.default([]),
});

/**
 * Reads the settings from the environment. Throws an AppError that names each variable that is wrong, never its value.
 */
export function readConfig(env: NodeJS.ProcessEnv = process.env): BuiltinS3Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new AppError("BAD_INPUT", `settings of the built-in S3 server: ${problems.join("; ")}`);
  }
  const { data } = parsed;
  return {
    dataDir: data.LATCHKEY_DATA_DIR,
    host: data.HOST,
    regions: data.LATCHKEY_S3_REGIONS,
    adminPort: data.S3_ADMIN_PORT,
    adminToken: data.LATCHKEY_S3_ADMIN_TOKEN,
    masterKey: data.LATCHKEY_MASTER_KEY,
    formerKeys: data.LATCHKEY_MASTER_KEY_FORMER,
  };
}
