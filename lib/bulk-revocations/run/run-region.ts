import "server-only";
import {
  failWaiting,
  type Item,
  listNextItems,
  markProved,
  markRunning,
  resetRunning,
} from "@/lib/bulk-revocations/data";
import { describeLostRole } from "@/lib/bulk-revocations/rules";
import { endSlot } from "@/lib/bulk-revocations/run/end-slot";
import { type Actor, authorizePlatform, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

/** So many keys of a region are ended at once, so that its storage system is not flooded. Never two of one principal. */
const AT_ONCE = 6;
const TAKEN_AT_ONCE = 120;

/**
 * Ends the keys of all bulk revocations that wait in a region, until there are none or the time is over. Only one process
 * may do this for a region at a time: the queue has one job a region. A second one would do no harm, and no good.
 */
export async function runRegion(regionId: string, until: number): Promise<void> {
  const region = await db.region.findUnique({ where: { id: regionId }, select: { name: true } });
  if (!region) return;
  await resetRunning(regionId);
  while (Date.now() < until) {
    const items = await listNextItems(regionId, TAKEN_AT_ONCE);
    if (items.length === 0) return;
    const ids = items.map(({ id }) => id);
    await markRunning(ids);
    const scopes = new Scopes();
    const principals = groupBy(items, ({ key }) => key.principalId);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let mine = principals.pop(); mine; mine = principals.pop()) {
          await endKeysOfPrincipal(mine, region.name, scopes, until);
        }
      }),
    );
    await markProved(ids.length, ids);
  }
}

/** One slot after the other: each takes the lease of the principal. What the time does not suffice for is left. */
async function endKeysOfPrincipal(items: Item[], region: string, scopes: Scopes, until: number): Promise<void> {
  for (const slot of groupBy(items, ({ bulkRevocationId, key }) => `${bulkRevocationId} ${key.slot}`)) {
    const [first] = slot;
    if (!first || Date.now() >= until) return;
    const opened = await scopes.open(first, slot);
    if (opened) await endSlot({ ...opened, region, items: slot });
  }
}

interface Opened {
  scope: ProjectScope;
  reason: string;
}

/** In whose name keys are ended. The person is read again for every slot. */
class Scopes {
  readonly #projects = new Map<string, Promise<ProjectScope>>();

  /**
   * Undefined when the person may not revoke keys any more. Then what still waits of the bulk revocation is given up: what
   * nobody may decide any more is not done.
   */
  async open({ bulkRevocationId, key }: Item, slot: readonly Item[]): Promise<Opened | undefined> {
    const bulk = await db.bulkRevocation.findUniqueOrThrow({
      where: { id: bulkRevocationId },
      include: { actor: true },
    });
    const { id: userId, name, email, platformRole, disabledAt } = bulk.actor;
    const origin = { address: bulk.address ?? undefined, via: bulk.via ?? undefined };
    const actor = { userId, name, email, platformRole: disabledAt ? null : platformRole, ...origin };
    try {
      authorizePlatform(actor, "keys:bulk-revoke");
      return { scope: await this.#openProject(actor, key.project.slug), reason: bulk.reason };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "NOT_FOUND") throw error;
      await failWaiting(
        bulkRevocationId,
        slot.map(({ id }) => id),
        describeLostRole(name),
      );
      return undefined;
    }
  }

  /** The disable itself reads the person's roles again, in its transaction. */
  #openProject(actor: Actor, slug: string): Promise<ProjectScope> {
    const name = `${actor.userId} ${slug}`;
    const known = this.#projects.get(name) ?? authorizeProject(actor, slug, "keys:disable");
    this.#projects.set(name, known);
    return known;
  }
}

function groupBy(items: readonly Item[], name: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(name(item), [...(groups.get(name(item)) ?? []), item]);
  return [...groups.values()];
}
