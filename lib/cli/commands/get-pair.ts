import { randomUUID } from "node:crypto";
import type { CardSlot } from "@/lib/access-keys/schema";
import { readExpiration } from "@/lib/cli/commands/dates";
import { requireIssued } from "@/lib/cli/commands/issue-keys";
import type { Context, Place } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import type { AlreadyDone, Issued } from "@/lib/cli/portal/replies";
import { readSecret } from "@/lib/cli/terminal/read-secret";
import { isInteractive, type Terminal } from "@/lib/cli/terminal/terminal";

export interface PairOptions {
  name?: string;
  create?: boolean;
  regenerate?: boolean;
  secretStdin?: boolean;
  access?: string;
  expires?: string;
}

/** Where the secret key comes from. The portal keeps none. `key`: the current one. */
export type PairSource =
  { kind: "create" } | { kind: "regenerate"; accessKeyId: string } | { kind: "ask"; accessKeyId: string };

const ASK = "The portal keeps no secret. Add --secret-stdin to pipe it in, --regenerate for a new key, or --print";

/** Decides where the secret key comes from, and asks for nothing yet. Throws when that does not fit the current key. */
export function decideSource(
  terminal: Terminal,
  { card }: Place,
  slot: CardSlot | undefined,
  options: PairOptions,
): PairSource {
  const { create, regenerate, secretStdin, access, expires } = options;
  const current = slot?.key?.accessKeyId;
  const what = options.name === undefined ? card.region.name : `${card.region.name} under the name ${options.name}`;
  if (current === undefined) {
    if (regenerate || secretStdin)
      throw new Failure("notAllowed", `There is no current key in ${what}. Add --create to make one.`);
    return { kind: "create" };
  }
  if (create)
    throw new Failure(
      "refused",
      `There is a key in ${what}: ${current}. Add --regenerate to replace it, or --secret-stdin to use it.`,
    );
  if (access !== undefined || (expires !== undefined && !regenerate))
    throw new Failure("usage", `--access and --expires are for a new key, and ${what} has the key ${current}.`);
  if (regenerate) return { kind: "regenerate", accessKeyId: current };
  if (!secretStdin && !isInteractive(terminal)) throw new Failure("usage", `${ASK}. Nothing was changed.`);
  return { kind: "ask", accessKeyId: current };
}

export interface Pair {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The access key with its secret: makes the key, replaces it, or asks for the secret of the current one. */
export async function getPair(
  context: Context,
  { path }: Place,
  source: PairSource,
  { name, access, expires }: PairOptions,
): Promise<Pair> {
  if (source.kind === "ask")
    return { ...source, secretAccessKey: await readSecret(context.terminal, source.accessKeyId) };
  const expirationDate = expires === undefined ? undefined : readExpiration(expires, new Date());
  const body = { requestId: randomUUID(), name, expirationDate };
  const [at, more] = source.kind === "create" ? ["enable", { access }] : ["regenerate", { confirm: "confirm" }];
  const reply = await context.portal.post<Issued | AlreadyDone>(`${path}/${at}`, { ...body, ...more });
  const { accessKeyId, secretKey: secretAccessKey } = requireIssued(reply);
  return { accessKeyId, secretAccessKey };
}
