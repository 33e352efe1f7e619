import { join } from "node:path";
import { z } from "zod";
import { findRoot } from "@/lib/platform/config/find-root";
import { listBuiltinRegions } from "@/lib/supervisor/builtin-regions";
import type { ExpectedStores } from "@/lib/supervisor/builtin-stores";
import { type Child, type ChildOptions, keepRunning } from "@/lib/supervisor/child";
import { noteChild } from "@/lib/supervisor/orphaned-processes";
import { type Settings, toEnvironment } from "@/lib/platform/config/resolve-settings";

/** The environment variables that programs need and that are not settings of Latchkey. */
const SYSTEM = [
  ...["PATH", "HOME", "TMPDIR", "TEMP", "LANG", "TZ", "SystemRoot"],
  ...["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"],
];
/** The settings for the built-in S3 server. It gets neither the database's URL nor the session secret. */
const FOR_BUILTIN_S3 = [
  "HOST",
  "LATCHKEY_DATA_DIR",
  "S3_ADMIN_PORT",
  "LATCHKEY_S3_ADMIN_TOKEN",
  "LATCHKEY_MASTER_KEY",
  "LATCHKEY_MASTER_KEY_FORMER",
  "LOG_LEVEL",
  "NODE_ENV",
];

/** The environment of the web server and the worker. */
export function toChildEnvironment(settings: Settings, dev: boolean): Record<string, string> {
  return {
    ...pick(process.env, SYSTEM),
    ...toEnvironment(settings),
    NODE_ENV: dev ? "development" : "production",
    NEXT_TELEMETRY_DISABLED: "1",
    // Of the GNU C library: memory that one thread gave back serves the others. The default is eight pools for a core.
    MALLOC_ARENA_MAX: process.env.MALLOC_ARENA_MAX ?? "2",
  };
}

/**
 * Starts the web server, the worker and the built-in S3 server, and keeps them running. With `dev`, these are the
 * programs that are bundled again when their sources change, and the web server compiles pages on request. `expected`
 * says which stores the built-in S3 server must find. When it starts again, it must find those that it had.
 */
export function startChildren(settings: Settings, expected: ExpectedStores, dev: boolean): Child[] {
  const environment = toChildEnvironment(settings, dev);
  const stores = { ...expected };
  const toBuiltinEnvironment = () => ({
    ...pick(environment, [...SYSTEM, ...FOR_BUILTIN_S3]),
    LATCHKEY_S3_REGIONS: JSON.stringify(
      listBuiltinRegions(settings).map(({ name, port, signingRegion }) => {
        return { name, port, signingRegion, store: stores[name] };
      }),
    ),
  });
  const start = (name: string, others: Pick<ChildOptions, "environment" | "onMessage" | "nodeOptions">) =>
    keepRunning({
      name,
      script: join(findRoot(), dev ? "dist/dev" : "dist", `${name}.mjs`),
      onStart: (pid) => noteChild(settings.LATCHKEY_DATA_DIR, name, pid),
      ...others,
    });
  return [
    start("builtin-s3", {
      environment: toBuiltinEnvironment,
      onMessage: (message) => void Object.assign(stores, foundSchema.safeParse(message).data?.stores),
    }),
    start("web", { environment, nodeOptions: limitHeap(settings.LATCHKEY_WEB_HEAP_MB, dev) }),
    start("worker", { environment, nodeOptions: limitHeap(settings.LATCHKEY_WORKER_HEAP_MB, dev) }),
  ];
}

/**
 * Without a limit, V8 lets garbage lie until the heap has a share of the machine's memory. In development the web server
 * holds the compiler too, so it has no limit.
 */
function limitHeap(megabytes: number, dev: boolean): string[] {
  return dev ? [] : [`--max-old-space-size=${megabytes}`];
}

/** What the built-in S3 server sends when it has started. */
const foundSchema = z.object({ stores: z.record(z.string(), z.string()) });

function pick(from: Record<string, string | undefined>, names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
