import { type Context, findPlace, findProject, findSlot, type Place, readCards } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf } from "@/lib/cli/portal/portal";
import type { KeyDetail } from "@/lib/cli/portal/replies";
import type { CardSlot } from "@/lib/access-keys/schema";

/** A key that is to be changed: where it is, and its slot as it is now. */
export interface KeyPlace {
  place: Place;
  slot: CardSlot;
  /** The name of a named key. */
  name: string | undefined;
}

/**
 * Where the key with this id is, or the current key of the region where no id is given. Throws for an id together with a
 * name or another region, and for a key that the project does not have.
 */
export async function findKeyPlace(
  context: Context,
  id: string | undefined,
  name: string | undefined,
): Promise<KeyPlace> {
  if (id === undefined) {
    const place = await findPlace(context);
    return { place, slot: findSlot(place.card, name), name };
  }
  if (name !== undefined) throw new Failure("usage", "Give either an access key id or --name. Nothing was changed.");
  const key = await context.portal.get<KeyDetail>(pathOf("projects", await findProject(context), "keys", id));
  const wanted = context.options.region;
  if (wanted !== undefined && wanted !== key.region)
    throw new Failure(
      "usage",
      `The key ${key.accessKeyId} is in ${key.region}, not in ${wanted}. Nothing was changed.`,
    );
  const { project, cards } = await readCards(context);
  const card = cards.find(({ region }) => region.name === key.region);
  const slot = key.name === null ? card : card?.named.find((other) => other.name === key.name);
  if (!card || !slot) throw new Failure("refused", "This key has ended already. Nothing was changed.");
  const path = pathOf("projects", project, "regions", key.region);
  return { place: { project, card, path }, slot, name: key.name ?? undefined };
}
