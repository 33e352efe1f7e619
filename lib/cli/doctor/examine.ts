import { type Context, findPlace, findSlot, type GlobalOptions, type Place } from "@/lib/cli/context";
import { checkCredentials, evaluateSettings } from "@/lib/cli/doctor/check-credentials";
import { checkEndpoint } from "@/lib/cli/doctor/check-endpoint";
import { evaluateKey } from "@/lib/cli/doctor/check-key";
import { checkPortal } from "@/lib/cli/doctor/check-portal";
import { checkSignature } from "@/lib/cli/doctor/check-signature";
import { type CredentialOptions, findCredentials, type FoundCredentials } from "@/lib/cli/doctor/find-credentials";
import { describeError, failed, type Note, ok, skipped } from "@/lib/cli/doctor/finding";
import { openPortal } from "@/lib/cli/portal/portal";
import { findProfile, type Profile } from "@/lib/cli/profiles/profiles";
import type { Terminal } from "@/lib/cli/terminal/terminal";

export interface DoctorOptions extends GlobalOptions, CredentialOptions {
  name?: string;
  endpoint?: string;
  signingRegion?: string;
}

/** For a request whose region nobody named: what clients take then. */
const USUAL_REGION = "us-east-1";

/** Makes every check in the order in which a request goes, and notes each finding. */
export async function examine(terminal: Terminal, options: DoctorOptions, note: Note): Promise<void> {
  const context = await findPortal(terminal, options, note);
  const place = context && (await checkPlace(context, note));
  if (!context)
    for (const check of ["project and region", "key"]) note(skipped(check, "The portal does not take a token."));
  const slot = place && checkKey(place, options.name, note);
  const found = await findCredentials(terminal, options, slot?.key?.accessKeyId);
  const credentials = "result" in found ? undefined : found;
  const endpoint = chooseEndpoint(options, place, credentials);
  const isS3 = endpoint ? await checkEndpoint(endpoint, terminal.now, note) : false;
  if (!endpoint) note(skipped("endpoint", "It is not known. Name it with --endpoint URL."));
  note("result" in found ? found : await checkCredentials(found, context?.portal, place));
  if (credentials?.hasSettings && place) note(evaluateSettings(credentials, place.card));
  if (!credentials || !endpoint || !isS3)
    return note(skipped("signature", credentials ? "No S3 endpoint answered." : "There is no key to try."));
  const signingRegion =
    options.signingRegion ?? credentials.signingRegion ?? place?.card.region.signingRegion ?? USUAL_REGION;
  note(await checkSignature({ ...credentials, endpoint, signingRegion }, terminal.now));
}

/** The portal, when it takes the token. */
async function findPortal(terminal: Terminal, options: DoctorOptions, note: Note): Promise<Context | undefined> {
  const profile = await checkProfile(terminal, options, note);
  if (!profile) {
    for (const check of ["portal", "portal clock", "token"]) note(skipped(check, "No portal is known."));
    return undefined;
  }
  if (!(await checkPortal(profile, terminal.now, note))) return undefined;
  return { terminal, options, profile, portal: openPortal(profile.url, profile.token) };
}

async function checkProfile(terminal: Terminal, options: DoctorOptions, note: Note): Promise<Profile | undefined> {
  try {
    const profile = await findProfile(terminal, options.profile);
    note(ok("profile", `It is for the portal ${profile.url}.`));
    return profile;
  } catch (error) {
    note(failed("profile", describeError(error)));
    return undefined;
  }
}

async function checkPlace(context: Context, note: Note): Promise<Place | undefined> {
  const check = "project and region";
  try {
    const place = await findPlace(context);
    note(ok(check, `${place.project} in ${place.card.region.name}.`));
    return place;
  } catch (error) {
    note(failed(check, describeError(error)));
    note(skipped("key", "No region is known."));
    return undefined;
  }
}

function checkKey({ card }: Place, name: string | undefined, note: Note) {
  try {
    const slot = findSlot(card, name);
    note(evaluateKey(card, slot));
    return slot;
  } catch (error) {
    note(failed("key", describeError(error)));
    return undefined;
  }
}

/** The endpoint that is checked: the option, the region's, or the one that the client has. */
function chooseEndpoint(
  { endpoint }: DoctorOptions,
  place: Place | undefined,
  credentials: FoundCredentials | undefined,
): URL | undefined {
  const text = endpoint ?? place?.card.region.endpoint ?? credentials?.endpoint;
  return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}
