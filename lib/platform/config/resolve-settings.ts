import { resolve } from "node:path";
import { z } from "zod";
import { findRoot } from "@/lib/platform/config/find-root";
import { findLocalhostTwin, isLoopback, isWildcard, toLocalUrl } from "@/lib/platform/net/host";
import { describeProblems, findUrlProblem, SETTINGS } from "@/lib/platform/config/settings";

/** Environment variables, set or not. */
export type Environment = Record<string, string | undefined>;

/** Some settings are invalid. The message names them and what they must be; it never contains their values. */
export class SettingsError extends Error {}

const Complete = z.object(SETTINGS);
const Given = Complete.partial();
const Plan = Complete.partial({
  DATABASE_URL: true,
  LATCHKEY_MASTER_KEY: true,
  LATCHKEY_SESSION_SECRET: true,
  LATCHKEY_S3_ADMIN_TOKEN: true,
  LATCHKEY_HEALTH_TOKEN: true,
});

/** The settings known before anything is created: secrets and the database may still be missing. */
export type PlannedSettings = z.infer<typeof Plan>;
export type Settings = z.infer<typeof Complete>;

/** Checks the operator's settings and fills in the others. Relative paths start at `root`. Throws a SettingsError. */
export function planSettings(environment: Environment, root: string = findRoot()): PlannedSettings {
  const given = parse(Given, withoutEmpty(environment));
  const { HOST = "127.0.0.1", PORT = 3000, S3_PORT = 9000, LATCHKEY_DATA_DIR = ".data", LATCHKEY_URL } = given;
  // Browsers cannot open the address 0.0.0.0, and a guess would send other people to their own machine.
  if (isWildcard(HOST) && !LATCHKEY_URL) {
    const wanted = "when HOST is all addresses, the address that browsers use, such as https://portal.example";
    throw new SettingsError(describeProblems([{ path: ["LATCHKEY_URL"], message: wanted }]));
  }
  const toS3Url = (port: number) =>
    LATCHKEY_URL && !isLoopback(HOST) ? `http://${new URL(LATCHKEY_URL).hostname}:${port}` : toLocalUrl(HOST, port);
  const plan = parse(Plan, {
    S3_ADMIN_PORT: S3_PORT + 2,
    LATCHKEY_URL: toPortalUrl(HOST, PORT),
    LATCHKEY_S3_URL_NORTH: toS3Url(S3_PORT),
    LATCHKEY_S3_URL_SOUTH: toS3Url(S3_PORT + 1),
    ...given,
    LATCHKEY_DATA_DIR: resolve(root, LATCHKEY_DATA_DIR),
    LATCHKEY_REGIONS: given.LATCHKEY_REGIONS && resolve(root, given.LATCHKEY_REGIONS),
  });
  const problem = findUrlProblem(plan);
  if (problem) throw new SettingsError(describeProblems([{ path: ["LATCHKEY_URL"], message: problem }]));
  return plan;
}

/**
 * The portal's address where the operator gives none. A browser sends its cookies to every port of a host name. The
 * built-in S3 server has an IP address as its host, so the portal has the name.
 */
function toPortalUrl(host: string, port: number): string {
  return findLocalhostTwin(host) ? `http://localhost:${port}` : toLocalUrl(host, port);
}

/**
 * The second address on which the portal listens, undefined for none. Browsers resolve the name localhost to an IPv4
 * and to an IPv6 address, and take either.
 */
export function findSecondHost({ HOST, LATCHKEY_URL }: { HOST: string; LATCHKEY_URL: string }): string | undefined {
  return new URL(LATCHKEY_URL).hostname === "localhost" ? findLocalhostTwin(HOST) : undefined;
}

/** The complete settings, with the secrets and the database's URL. Throws a SettingsError. */
export function finishSettings(plan: PlannedSettings, secrets: Environment, databaseUrl: string): Settings {
  return parse(Complete, { ...plan, ...secrets, DATABASE_URL: databaseUrl });
}

/** The settings as environment variables of a process, including those that next-auth reads under its own names. */
export function toEnvironment(settings: Settings): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    NEXTAUTH_URL: settings.LATCHKEY_URL,
    NEXTAUTH_SECRET: settings.LATCHKEY_SESSION_SECRET,
  };
}

function parse<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SettingsError(describeProblems(parsed.error.issues));
  return parsed.data;
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}
