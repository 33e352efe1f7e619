import { checkKey } from "@/lib/cli/credentials/check-key";
import {
  readCache,
  type ShortLivedKey,
  type WishedPlace,
  withCacheLock,
  writeCache,
} from "@/lib/cli/credentials/key-cache";
import { renewKey } from "@/lib/cli/credentials/renew-key";
import { decideNextStep, isDecision, isUsable } from "@/lib/cli/credentials/rules";
import type { Context } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { tell } from "@/lib/cli/terminal/terminal";

/**
 * The key of a place: the kept one while it lasts, else a new one, of which several processes at once make one. A key
 * that still works for a while is handed out with a warning when the portal cannot make a new one. Throws when the portal
 * refuses, and when somebody ended the kept key at the portal.
 */
export async function provideKey(context: Context, place: WishedPlace): Promise<ShortLivedKey> {
  const kept = (await readCache(place.path))?.key;
  if (kept && decideNextStep(kept, new Date()) === "use") return kept;
  try {
    return await withCacheLock(place.path, () => takeNextStep(context, place));
  } catch (error) {
    const key = (await readCache(place.path))?.key;
    if (!isTrouble(error) || !key || !isUsable(key, new Date())) throw error;
    warnOfKept(context, key, error);
    return key;
  }
}

/** Another process may have taken the step while this one waited for the lock. So the file is read again. */
async function takeNextStep(context: Context, place: WishedPlace): Promise<ShortLivedKey> {
  const { owner, project, region, path } = place;
  const cache = (await readCache(path)) ?? { owner, project, region, older: [] };
  const { key } = cache;
  if (!key) return renewKey(context, place, cache);
  const step = decideNextStep(key, new Date());
  if (step === "use") return key;
  // A key that somebody ended is not followed by a new one either. So it is asked about before a renewal too.
  const checked = await checkKey(context, place, key).catch((error: unknown) => {
    if (step === "renew" || !isTrouble(error)) throw error;
    warnOfKept(context, key, error);
    // The next commands do not wait for a portal that is down: it is asked again when it would be asked anyway.
    return { ...key, checkedAt: new Date().toISOString() };
  });
  if (decideNextStep(checked, new Date()) === "renew") return renewKey(context, place, { ...cache, key: checked });
  await writeCache(path, { ...cache, key: checked }, new Date());
  return checked;
}

/** Whether it is a trouble that passes, and no decision of the portal. */
const isTrouble = (error: unknown): error is Failure => error instanceof Failure && !isDecision(error.exit);

function warnOfKept({ terminal }: Context, { accessKeyId, expirationDate }: ShortLivedKey, { message }: Failure): void {
  tell(terminal, `${message} The key ${accessKeyId} is used, which works until ${expirationDate}.`);
}
