import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { createMigrationAdapter } from "@/lib/postgres/migration-adapter";

export type SchemaEngine = bindings.SchemaEngine;
export type SchemaFile = { path: string; content: string };

let loading: Promise<void> | undefined;

/**
 * Runs `work` with Prisma's schema engine, connected to the database. Afterwards all connections are closed and shadow
 * databases are dropped. The engine is the WebAssembly build, which needs no download. Its version in package.json
 * comes from the same commit as the Prisma release in use; the `latest` version of its package belongs to another
 * release. Throws the engine's errors with their code in the message.
 */
export async function withSchemaEngine<T>(
  url: string,
  schema: SchemaFile[],
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  loading ??= load();
  await loading;
  const factory = createMigrationAdapter(url);
  const open: { dispose: () => Promise<void> }[] = [];
  const adapters = bindMigrationAwareSqlAdapterFactory({
    ...factory,
    connect: async () => remember(await factory.connect(), open),
    connectToShadowDb: async () => remember(await factory.connectToShadowDb(), open),
  });
  const datamodels = schema.map(({ path, content }): [string, string] => [path, content]);
  const engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, adapters);
  try {
    return await work(engine);
  } catch (error) {
    throw toReadable(error);
  } finally {
    engine.free();
    for (const adapter of open) await adapter.dispose();
  }
}

/** Closes a connection once, although both the engine and this module dispose of it. */
function remember<A extends { dispose: () => Promise<void> }>(adapter: A, open: { dispose: () => Promise<void> }[]): A {
  let closing: Promise<void> | undefined;
  const dispose = adapter.dispose.bind(adapter);
  adapter.dispose = () => (closing ??= dispose());
  open.push(adapter);
  return adapter;
}

/** The engine's errors have the message and the code in separate fields. Some errors are plain strings. */
function toReadable(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error), { cause: error });
  const code = "code" in error && typeof error.code === "string" ? `${error.code}: ` : "";
  return new Error(`${code}${error.message}`, { cause: error });
}

/**
 * The engine looks this object up in the global scope and calls it with the message of a panic. Then the process ends.
 */
const panics = { set_message: (message: string) => process.stderr.write(`the schema engine failed: ${message}\n`) };

async function load(): Promise<void> {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics });
  const script = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const bytes = await readFile(script.replace(/\.js$/, ".wasm"));
  const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
}
