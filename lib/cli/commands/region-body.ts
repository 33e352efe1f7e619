import type { Command } from "commander";
import type { Context, GlobalOptions } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import type { Provider, RegionRow } from "@/lib/cli/portal/replies";
import { readPages } from "@/lib/cli/portal/portal";
import { askSecretly, readPiped } from "@/lib/cli/terminal/prompt";
import { isInteractive } from "@/lib/cli/terminal/terminal";

export interface RegionOptions extends GlobalOptions {
  provider?: string;
  endpoint?: string;
  signingRegion?: string;
  gateway?: string[];
  setting?: string[];
  credential?: string[];
  /** Whether a change gives the secrets too. A new region always does. */
  credentials?: boolean;
  /** Whether a region is changed also while a rotation of its credentials is not finished. */
  despiteRotation?: boolean;
}

/** The options that say what a region is. */
export function withRegionOptions(command: Command, isNew: boolean): Command {
  command.argument("<region>");
  if (isNew)
    command.requiredOption("--provider <kind>", "the kind of storage system: latchkey admin regions providers");
  const required = isNew ? command.requiredOption.bind(command) : command.option.bind(command);
  required("--endpoint <url>", "the S3 address that people use");
  required("--signing-region <name>", "the region name that S3 requests are signed with");
  return command
    .option("--gateway <url...>", "the S3 address of each gateway behind the endpoint")
    .option("--setting <name=value...>", "the settings of the provider")
    .option("--credential <name=value...>", "a credential that is no secret, such as accessKeyId=LATCHKEY");
}

/** The options of a change that takes credentials. */
export function withDespiteRotation(command: Command): Command {
  return command.option("--despite-rotation", "change it although a rotation of its credentials is not finished");
}

/**
 * The body that adds a region, or changes the one called `name`. Secrets are typed without being shown, or piped in: the
 * only one as it is, several as a JSON object. No argument holds one.
 */
export async function readRegionBody(
  context: Context,
  options: RegionOptions,
  name: string | undefined,
): Promise<Record<string, unknown>> {
  const { endpoint, signingRegion, gateway: gateways, setting } = options;
  const kind = name === undefined ? (options.provider ?? "") : await findKind(context, name);
  const { providers } = await context.portal.get<{ providers: Provider[] }>("/admin/providers");
  const provider = providers.find((one) => one.kind === kind);
  if (!provider)
    throw new Failure(
      "usage",
      `There is no provider ${kind}. There are ${providers.map((one) => one.kind).join(", ")}.`,
    );
  const given = parsePairs("--credential", options.credential ?? []);
  const secrets = provider.credentials.filter((field) => field.kind === "secret");
  // An empty value removes the secret, and tells nobody anything.
  const misplaced = secrets.find((field) => given[field.name]);
  if (misplaced)
    throw new Failure("usage", `${misplaced.name} is a secret: it is asked for, or read from standard input.`);
  const asked =
    name === undefined || options.credentials ? await readSecrets(context, secrets, name === undefined) : {};
  const credentials = { ...given, ...asked };
  return {
    ...(name === undefined ? { provider: kind } : {}),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(signingRegion === undefined ? {} : { signingRegion }),
    ...(gateways === undefined ? {} : { gateways }),
    ...(setting === undefined ? {} : { settings: parsePairs("--setting", setting) }),
    ...(name === undefined || Object.keys(credentials).length > 0 ? { credentials } : {}),
    ...(options.despiteRotation ? { despiteRotation: true } : {}),
  };
}

async function findKind({ portal }: Context, name: string): Promise<string> {
  const regions = await readPages(async (cursor) => {
    const page = await portal.get<{ regions: RegionRow[]; next: string | null }>("/admin/regions", { cursor });
    return { lines: page.regions, next: page.next };
  });
  const region = regions.find((one) => one.name === name);
  if (region) return region.provider;
  throw new Failure("notAllowed", `There is no region ${name}.`);
}

async function readSecrets(
  { terminal }: Context,
  fields: readonly Provider["credentials"][number][],
  isNew: boolean,
): Promise<Record<string, string>> {
  const typed: Record<string, string> = {};
  if (isInteractive(terminal)) {
    for (const { name, label, required } of fields) {
      const hint = required ? "" : isNew ? " (empty for none)" : " (empty to keep it)";
      const secret = await askSecretly(terminal, `${label}${hint}: `);
      if (secret !== "") typed[name] = secret;
    }
    return typed;
  }
  const piped = await readPiped(terminal);
  const object = parseObject(piped);
  const [first] = fields.filter(({ required }) => required);
  return object ?? (first ? { [first.name]: piped } : {});
}

function parseObject(text: string): Record<string, string> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? (value as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}

function parsePairs(option: string, pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair): [string, string] => {
      const [name, ...value] = pair.split("=");
      // Does not quote the text: it may be a secret in the wrong place.
      if (!name || value.length === 0) throw new Failure("usage", `${option} must be name=value.`);
      return [name, value.join("=")];
    }),
  );
}
