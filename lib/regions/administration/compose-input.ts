import { db } from "@/lib/platform/db/client";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { findInvalidSettings, listProviderForms, omitFoundSettings, type ProviderForm } from "@/lib/providers/registry";
import { explainOpen } from "@/lib/regions/administration/keep-rotation";
import { findRegion, openCredentials, toRegionInput } from "@/lib/regions/data";
import { toSentence } from "@/lib/regions/rules";
import type { RegionInput, RegionWish } from "@/lib/regions/schema";
import type { Region } from "@/prisma/generated/client";

export type Composed =
  | { ok: true; input: RegionInput; known: Region | undefined }
  /** Sentences, each about one thing that is wrong. */
  | { ok: false; problems: string[] };

type Fields = Readonly<Record<string, string | number | boolean>>;
const refuse = (...problems: string[]): Composed => ({ ok: false, problems });

/** The region that a wish would save, with the credentials that stay. Asks no storage system. Throws NOT_FOUND. */
export async function composeInput(wish: RegionWish): Promise<Composed> {
  const { name } = wish.region;
  if (wish.kind === "changed") return composeChange(await findRegion(name), wish.region);
  if ((await db.region.count({ where: { name } })) > 0)
    return refuse(`There is already a region ${name}. Give this one another name.`);
  const { credentials, settings, ...region } = wish.region;
  const form = listProviderForms().find(({ kind }) => kind === region.provider);
  if (!form) {
    const kinds = listProviderForms().map(({ kind }) => kind);
    return refuse(`There is no storage system of the kind ${region.provider}. There are ${kinds.join(", ")}.`);
  }
  const input = {
    ...region,
    settings: omitEmpty(settings),
    credentials: new Secret(JSON.stringify(omitEmpty(credentials))),
  };
  return evaluate(form, input, undefined);
}

function composeChange(known: Region, change: Extract<RegionWish, { kind: "changed" }>["region"]): Composed {
  const form = listProviderForms().find(({ kind }) => kind === known.provider);
  if (!form) return refuse(`The region ${known.name} is of a kind that this version does not know.`);
  if (known.declared)
    return refuse(`The regions file declares ${known.name}. Change it there: the file counts at each start.`);
  if (known.sealedRotation && !change.despiteRotation) return refuse(toSentence(explainOpen(known.name)));
  const given = change.credentials;
  const former = toRegionInput(known, new Secret("{}"));
  const settings = omitEmpty({ ...(former.settings as Fields), ...change.settings });
  const stored = readStored(known);
  const secrets = form.credentials.filter(
    ({ name, kind, required }) => kind === "secret" && (required || stored?.[name]),
  );
  const isWhole = secrets.every(({ name }) => given?.[name] !== undefined);
  const moved = form.settings.find(
    ({ name, receivesSecret }) =>
      receivesSecret && settings[name] !== undefined && settings[name] !== (former.settings as Fields)[name],
  );
  // Whoever may change the address must not learn by that way the secrets that are never shown.
  if (moved && !isWhole)
    return refuse(`${moved.label} is another one, and the portal sends its credentials there: give them again.`);
  if (!stored && !isWhole)
    return refuse(`The stored credentials of ${known.name} cannot be opened with the master key: give them again.`);
  const input = {
    ...former,
    endpoint: change.endpoint ?? former.endpoint,
    signingRegion: change.signingRegion ?? former.signingRegion,
    gateways: change.gateways ?? former.gateways,
    settings,
    credentials: new Secret(JSON.stringify(omitEmpty({ ...stored, ...given }))),
  };
  return evaluate(form, input, known);
}

/** Undefined when no master key opens them. */
function readStored(region: Region): Fields | undefined {
  try {
    return JSON.parse(openCredentials(region).reveal()) as Fields;
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

function evaluate(form: ProviderForm, input: RegionInput, known: Region | undefined): Composed {
  const given = input.settings as Fields;
  const open = omitFoundSettings(form.kind, given);
  const found = Object.keys(given).filter((name) => !Object.hasOwn(open, name));
  const labels = new Map([...form.settings, ...form.credentials].map(({ name, label }) => [name, label]));
  const problems = [
    ...found.map((name) => `The check finds out ${name}, so it must not be given.`),
    ...findInvalidSettings(form.kind, input).map(({ field, problem }) =>
      `${labels.get(field) ?? field} ${problem}`.trim().concat("."),
    ),
    ...(new Set(input.gateways).size < input.gateways.length ? ["A gateway is listed twice."] : []),
  ];
  return problems.length > 0 ? refuse(...problems) : { ok: true, input, known };
}

function omitEmpty<T extends string | number | boolean>(fields: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ""));
}
