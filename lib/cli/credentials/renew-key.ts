import { randomBytes, randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Card } from "@/lib/access-keys/schema";
import { endKeyByName } from "@/lib/cli/credentials/end-keys";
import { type KeyCache, type ShortLivedKey, type WishedPlace, writeCache } from "@/lib/cli/credentials/key-cache";
import { composeKeyName, isDecision } from "@/lib/cli/credentials/rules";
import type { Context } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, type Portal } from "@/lib/cli/portal/portal";
import type { Issued } from "@/lib/cli/portal/replies";
import { readUser } from "@/lib/cli/terminal/read-user";

/**
 * Makes a new key and keeps it. The one before works on until its own date, because other processes may have it. The name
 * is written down first: a key whose reply is lost is ended before the next one is made. Throws what the portal refuses.
 */
export async function renewKey({ portal }: Context, place: WishedPlace, found: KeyCache): Promise<ShortLivedKey> {
  const { project, region, hours, access, path } = place;
  const { asked, ...cache } = found;
  const at = pathOf("projects", project, "regions", region);
  const card = await portal.get<Card>(at);
  if (asked !== undefined) await endKeyByName(portal, at, asked);

  const name = composeKeyName(readUser(), hostname(), randomBytes(4).toString("hex"));
  await writeCache(path, { ...cache, asked: name }, new Date());
  const wish = { name, access, expirationDate: composeDate(hours), removeAtExpiration: true };
  const issued = await makeKey(portal, at, wish).catch(async (error: unknown) => {
    // A refusal is an answer: nothing was made.
    const isRefused = error instanceof Failure && (error.exit === "refused" || isDecision(error.exit));
    if (isRefused) await writeCache(path, cache, new Date());
    throw error;
  });

  const key = composeKey(name, card, issued);
  const { key: before, owner } = cache;
  const older = before ? [...cache.older, { name: before.name, expirationDate: before.expirationDate }] : cache.older;
  await writeCache(path, { owner, project, region, key, older }, new Date());
  return key;
}

/** The portal waits for another change of the project by itself, for 5 s each time. In the morning all laptops ask at once. */
const TRIES = 4;

async function makeKey(portal: Portal, at: string, wish: object, tries = TRIES): Promise<Issued> {
  try {
    return await portal.post<Issued>(`${at}/enable`, { requestId: randomUUID(), ...wish });
  } catch (error) {
    if (!(error instanceof Failure) || error.reason !== "busy" || tries <= 1) throw error;
    return makeKey(portal, at, wish, tries - 1);
  }
}

function composeKey(name: string, { region }: Card, issued: Issued): ShortLivedKey {
  const { accessKeyId, secretKey: secretAccessKey, access, expirationDate } = issued;
  if (!expirationDate) throw new Failure("unexpected", `The portal made the key ${accessKeyId} without a date.`);
  const { endpoint, signingRegion, plainUploads } = region;
  const client = { region: { name: region.name, endpoint, signingRegion, plainUploads }, access };
  return { name, accessKeyId, secretAccessKey, expirationDate, checkedAt: new Date().toISOString(), ...client };
}

const HOUR_MS = 60 * 60 * 1_000;

/** To the second: some SDKs read no more. */
function composeDate(hours: number): string {
  const date = new Date(Date.now() + hours * HOUR_MS);
  date.setUTCMilliseconds(0);
  return date.toISOString();
}
