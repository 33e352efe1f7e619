import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { plainText } from "@/lib/platform/text/plain-text";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/text/slug";
import { findInvalidSettings, isSecretField, listProviderKinds, omitFoundSettings } from "@/lib/providers/registry";
import type { RegionInput } from "@/lib/regions/schema";
import { type Problem, readYamlValues, type YamlValues } from "@/lib/regions/file/yaml-values";

/** A region as a file declares it; `line` is where. */
export interface DeclaredRegion {
  line: number;
  region: RegionInput;
}

export type ParsedRegionsFile = { ok: true; regions: DeclaredRegion[] } | { ok: false; problems: Problem[] };

/** What a terminal shows at once; whoever has put these right is told the next. */
const PROBLEMS_MAX = 20;
const FIELD_MAX = 4_096;
const field = plainText.max(FIELD_MAX);

const regionSchema = z.strictObject({
  name: slugSchema,
  provider: z.string().refine((kind) => listProviderKinds().includes(kind), `one of ${listProviderKinds().join(", ")}`),
  endpoint: outboundUrl,
  signingRegion: plainText.min(1).max(64),
  gateways: z.array(outboundUrl).max(64).default([]),
  settings: z.record(z.string(), z.union([field, z.number(), z.boolean()])).default({}),
  credentials: z.record(z.string(), field),
});
const fileSchema = z.strictObject({ regions: z.array(regionSchema).max(200) });

const FIELDS = `name, provider, endpoint, signingRegion, gateways, settings and credentials`;

/** Names that the settings give to the server that comes along. */
const OWN_BUILTIN = ["north", "south"];

/**
 * Reads the text of a regions file. `isPrivate` tells whether only its owner can read the file: a secret may stand
 * in it only then. Problems are told together, in the order of their lines.
 */
export function parseRegionsFile(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  isPrivate: boolean,
): ParsedRegionsFile {
  const values = readYamlValues(text, environment);
  if (values.problems.length > 0) return refuse(values.problems);
  const parsed = fileSchema.safeParse(values.value);
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => describe(issue, values)));
  const declared = parsed.data.regions;
  const regions = declared.map(({ credentials, ...region }, index) => ({
    line: values.lineOf(["regions", index, "name"]),
    region: { ...region, credentials: new Secret(JSON.stringify(credentials)) },
  }));
  const problems = regions.flatMap(({ line, region }, index) => {
    const { name, provider, gateways } = region;
    const former = regions.find((other) => other.region.name === name);
    return [
      ...(former && former.line < line
        ? [{ line, text: `the region ${name} is declared in line ${former.line} already` }]
        : []),
      ...(provider === "builtin" && OWN_BUILTIN.includes(name)
        ? [{ line, text: `${name} of the built-in server follows the settings and is not declared` }]
        : []),
      ...(new Set(gateways).size < gateways.length
        ? [{ line: values.lineOf(["regions", index, "gateways"]), text: "a gateway is there twice" }]
        : []),
      ...findMisplaced(declared[index] ?? { provider, settings: {}, credentials: {} }, index, values, isPrivate),
      ...findInvalidSettings(provider, region).map(({ field: setting, problem }) => {
        const place = Object.hasOwn(declared[index]?.credentials ?? {}, setting) ? "credentials" : "settings";
        return { line: values.lineOf(["regions", index, place, setting]), text: `${setting} ${problem}`.trim() };
      }),
    ];
  });
  return problems.length > 0 ? refuse(problems) : { ok: true, regions };
}

type Parts = Pick<z.infer<typeof regionSchema>, "provider" | "settings" | "credentials">;

function findMisplaced(
  { provider, settings, credentials }: Parts,
  index: number,
  values: YamlValues,
  isPrivate: boolean,
): Problem[] {
  const given = omitFoundSettings(provider, settings);
  const found = Object.keys(settings).filter((name) => !Object.hasOwn(given, name));
  const literal = Object.keys(credentials).filter(
    (name) =>
      !isPrivate && isSecretField(provider, name) && !values.isReference(["regions", index, "credentials", name]),
  );
  return [
    ...found.map((name) => ({
      line: values.lineOf(["regions", index, "settings", name]),
      text: `${name} is found out by the check and not declared`,
    })),
    ...literal.map((name) => ({
      line: values.lineOf(["regions", index, "credentials", name]),
      text: `${name} stands here in a file that others can read; write \${NAME} and give it as a variable, or chmod 600 the file`,
    })),
  ];
}

function describe(issue: z.core.$ZodIssue, values: YamlValues): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const wanted = issue.path.length === 0 ? "regions and nothing else" : FIELDS;
    return issue.keys.map((key) => ({
      line: values.lineOf([...issue.path, key]),
      text: `an unknown field; there are ${wanted}`,
    }));
  }
  const isRegion = issue.path.length === 2;
  const name = isRegion ? "a region" : String(issue.path.findLast((part) => typeof part === "string") ?? "the file");
  return [{ line: values.lineOf(issue.path), text: `${name} wants ${wish(issue)}` }];
}

function wish(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type")
    return (
      { string: "a text", array: "a list", object: "fields of its own", record: "fields of its own" }[
        issue.expected as string
      ] ?? "another value"
    );
  if (issue.code === "invalid_union") return "a text, a number, true or false";
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  if (issue.code === "too_small") return "not to be empty";
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

function refuse(problems: Problem[]): ParsedRegionsFile {
  return { ok: false, problems: problems.sort((one, other) => one.line - other.line).slice(0, PROBLEMS_MAX) };
}
