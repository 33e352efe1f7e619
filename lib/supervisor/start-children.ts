import { join } from "node:path";
import { findRoot } from "@/lib/platform/config/find-root";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import { type Child, keepRunning } from "@/lib/supervisor/child";
import { noteChild } from "@/lib/supervisor/orphaned-processes";
import { type Settings, toEnvironment } from "@/lib/platform/config/resolve-settings";

/** Of our own environment, what programs need that is no setting of Latchkey's. */
const SYSTEM = [
  ...["PATH", "HOME", "TMPDIR", "TEMP", "LANG", "TZ", "SystemRoot"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
];
/** The built-in S3 server gets what it needs and no more: it knows neither the database nor the session key. */
const FOR_BUILTIN_S3 = [
  "HOST",
  "LATCHKEY_DATA_DIR",
  "S3_ADMIN_PORT",
  "LATCHKEY_S3_ADMIN_TOKEN",
  "LATCHKEY_MASTER_KEY",
  "LATCHKEY_MASTER_KEY_FORMER",
  "LOG_LEVEL",
];

/** The environment of the web server and the worker. */
export function toChildEnvironment(settings: Settings): Record<string, string> {
  return { ...pick(process.env, SYSTEM), ...toEnvironment(settings), NEXT_TELEMETRY_DISABLED: "1" };
}

/** Starts the web server, the worker and the built-in S3 server, and keeps them running. */
export function startChildren(settings: Settings): Child[] {
  const environment = toChildEnvironment(settings);
  const regions = listBuiltinRegions(settings).map(({ name, port, signingRegion }) => ({ name, port, signingRegion }));
  const builtin = {
    ...pick(environment, [...SYSTEM, ...FOR_BUILTIN_S3]),
    LATCHKEY_S3_REGIONS: JSON.stringify(regions),
  };
  const start = (name: string, of: Record<string, string>) =>
    keepRunning({
      name,
      script: join(findRoot(), `dist/${name}.mjs`),
      environment: of,
      onStart: (pid) => noteChild(settings.LATCHKEY_DATA_DIR, name, pid),
    });
  return [start("builtin-s3", builtin), start("web", environment), start("worker", environment)];
}

function pick(from: Record<string, string | undefined>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
