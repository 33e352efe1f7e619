import type { Card, CardSlot } from "@/lib/access-keys/schema";
import type { Place } from "@/lib/cli/context";
import { describeError, failed, type Finding, ok, warning } from "@/lib/cli/doctor/finding";
import type { FoundCredentials } from "@/lib/cli/doctor/find-credentials";
import { pathOf, type Portal } from "@/lib/cli/portal/portal";
import type { KeyDetail } from "@/lib/cli/portal/replies";

const CHECK = "credentials";

/** Whether the key that a client has is one that the portal has. */
export async function checkCredentials(
  { where, accessKeyId }: FoundCredentials,
  portal: Portal | undefined,
  place: Place | undefined,
): Promise<Finding> {
  if (!portal || !place)
    return ok(CHECK, `${where} has the key ${accessKeyId}. The portal could not be asked about it.`);
  const slots: CardSlot[] = [place.card, ...place.card.named];
  const current = slots.find(({ key }) => key?.accessKeyId === accessKeyId);
  if (current) return ok(CHECK, `${where} has the current key ${accessKeyId} (${current.name ?? "default"}).`);
  const retiring = slots.find((slot) => slot.retiring?.accessKeyId === accessKeyId)?.retiring;
  if (retiring)
    return warning(
      CHECK,
      `${where} has the old key ${accessKeyId}, which works until ${retiring.until}. Write the new one: latchkey connect`,
    );
  const others = slots.flatMap(({ key }) => (key ? [key.accessKeyId] : [])).join(", ");
  const instead =
    others === "" ? "The region has no current key." : `The region has ${others}. Write it: latchkey connect`;
  return failed(
    CHECK,
    `${where} has the key ${accessKeyId}: ${await describeStranger(portal, place, accessKeyId)} ${instead}`,
  );
}

async function describeStranger(portal: Portal, { project, card }: Place, accessKeyId: string): Promise<string> {
  try {
    const key = await portal.get<KeyDetail>(pathOf("projects", project, "keys", accessKeyId));
    if (key.region !== card.region.name) return `it is ${key.state}, of the region ${key.region}.`;
    return `it is ${key.state}${key.endDate === null ? "" : ` since ${key.endDate}`}.`;
  } catch (error) {
    if (error instanceof Error && "exit" in error && error.exit === "notAllowed")
      return `no key of the project ${project}.`;
    return `the portal does not tell about it. ${describeError(error)}`;
  }
}

/** Whether a client would send its requests to the endpoint of the region, signed for the region that is meant. */
export function evaluateSettings(
  { where, signingRegion, endpoint }: FoundCredentials,
  { region }: Pick<Card, "region">,
): Finding {
  const check = "client settings";
  const wrong = [
    ...(endpoint !== undefined && originOf(endpoint) !== originOf(region.endpoint)
      ? [`the endpoint ${endpoint}, and ${region.endpoint} is meant`]
      : []),
    ...(signingRegion !== undefined && signingRegion !== region.signingRegion
      ? [`the region ${signingRegion}, and ${region.signingRegion} is meant (AuthorizationHeaderMalformed)`]
      : []),
  ];
  if (wrong.length > 0) return failed(check, `${where} has ${wrong.join(". It has ")}. Correct it: latchkey connect`);
  if (endpoint === undefined)
    return warning(check, `${where} has no endpoint, so clients ask AWS. Give --endpoint-url ${region.endpoint}`);
  if (signingRegion === undefined)
    return warning(check, `${where} has no region. Give --region ${region.signingRegion}`);
  return ok(check, `${where} has the endpoint and the region that are meant.`);
}

const originOf = (text: string): string => (URL.canParse(text) ? new URL(text).origin : text);
