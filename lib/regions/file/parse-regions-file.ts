import { z } from "zod";
import { outboundUrl } from "@/lib/platform/net/outbound-url";
import { plainText } from "@/lib/platform/text/plain-text";
import { Secret } from "@/lib/platform/secret";
import { slugSchema } from "@/lib/platform/text/slug";
import { findInvalidSettings, isSecretField, listProviderKinds, omitFoundSettings } from "@/lib/providers/registry";
import type { RegionInput } from "@/lib/regions/schema";
import { type Problem, readYamlValues, type YamlValues } from "@/lib/regions/file/yaml-values";

/** A region that a file declares. `line` is the line of its name. */
export interface DeclaredRegion {
  line: number;
  region: RegionInput;
}

export type ParsedRegionsFile = { ok: true; regions: DeclaredRegion[] } | { ok: false; problems: Problem[] };

/** As many problems as a terminal shows at once. The next run shows the others. */
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

/** The regions of the built-in server, which the settings define. */
const OWN_BUILTIN = ["north", "south"];

/**
 * Parses the text of a regions file. `isPrivate` tells whether only the owner can read the file. Only a private file
 * may hold a secret. Never throws: returns up to 20 problems, in the order of their lines.
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
        ? [{ line, text: `the settings define the region ${name} of the built-in server, so it must not be declared` }]
        : []),
      ...(new Set(gateways).size < gateways.length
        ? [{ line: values.lineOf(["regions", index, "gateways"]), text: "a gateway is listed twice" }]
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
      text: `the check sets ${name}, so it must not be declared`,
    })),
    ...literal.map((name) => ({
      line: values.lineOf(["regions", index, "credentials", name]),
      text: `${name} is a secret in a file that other users can read; write \${NAME} and set the variable, or run chmod 600 on the file`,
    })),
  ];
}

function describe(issue: z.core.$ZodIssue, values: YamlValues): Problem[] {
  if (issue.code === "unrecognized_keys") {
    const known = issue.path.length === 0 ? "the only field is regions" : `the fields are ${FIELDS}`;
    return issue.keys.map((key) => ({
      line: values.lineOf([...issue.path, key]),
      text: `unknown field; ${known}`,
    }));
  }
  const isRegion = issue.path.length === 2;
  const name = isRegion ? "a region" : String(issue.path.findLast((part) => typeof part === "string") ?? "the file");
  return [{ line: values.lineOf(issue.path), text: `${name} ${explain(issue)}` }];
}

function explain(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type")
    return `must ${
      { string: "be a text", array: "be a list", object: "have fields", record: "have fields" }[
        issue.expected as string
      ] ?? "be another value"
    }`;
  if (issue.code === "invalid_union") return "must be a text, a number, true or false";
  if (issue.code === "too_big") return `must have a length of at most ${issue.maximum}`;
  if (issue.code === "too_small") return "must not be empty";
  if (/^(a|one of) /.test(issue.message)) return `must be ${issue.message}`;
  return `is wrong: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}`;
}

function refuse(problems: Problem[]): ParsedRegionsFile {
  return { ok: false, problems: problems.sort((one, other) => one.line - other.line).slice(0, PROBLEMS_MAX) };
}
