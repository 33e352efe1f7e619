import { Failure } from "@/lib/cli/failure";

const VERSION = "10";
/** What mc itself takes for the name of an alias. */
const ALIAS = /^[A-Za-z][A-Za-z0-9_-]*$/;

interface McConfig {
  version?: unknown;
  aliases?: Record<string, { accessKey?: unknown } | undefined>;
}

/** Puts an alias into `config.json` of mc. Everything else keeps its place. Throws when the text is not such a file. */
export function replaceAlias(path: string, file: string, name: string, alias: object): string {
  if (!ALIAS.test(name))
    throw new Failure("usage", `mc takes no alias ${name}: it begins with a letter. Add --profile-name NAME.`);
  const config = readConfig(path, file);
  const indent = /^([ \t]+)"/m.exec(file)?.[1] ?? "\t";
  const changed = { version: VERSION, ...config, aliases: { ...config.aliases, [name]: alias } };
  const text = JSON.stringify(changed, null, indent);
  return file === "" || file.endsWith("\n") ? `${text}\n` : text;
}

/** The alias of this name, without its secret. Throws like `replaceAlias`. */
export function findAlias(path: string, file: string, name: string): { accessKeyId?: string } | undefined {
  const { aliases = {} } = readConfig(path, file);
  const alias = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return alias && (typeof alias.accessKey === "string" ? { accessKeyId: alias.accessKey } : {});
}

function readConfig(path: string, file: string): McConfig {
  if (file.trim() === "") return {};
  const config = parse(path, file);
  if (!isObject(config) || ("aliases" in config && !isObject(config.aliases))) throw refuse(path, "is no file of mc");
  if ("version" in config && config.version !== VERSION)
    throw refuse(path, `was written by another version of mc. It must have the version ${VERSION}`);
  return config;
}

function parse(path: string, file: string): unknown {
  try {
    return JSON.parse(file) as unknown;
  } catch {
    // Without the cause: the message of JSON.parse has a part of the text, and that may be a secret.
    throw refuse(path, "is not valid JSON");
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const refuse = (path: string, why: string) => new Failure("usage", `${path} ${why}. Nothing was changed.`);
