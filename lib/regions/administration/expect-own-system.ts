import { db, type Transaction } from "@/lib/platform/db/client";
import { ProviderError } from "@/lib/providers/errors";
import type { CallContext, Provider } from "@/lib/providers/provider";
import { nameSystem } from "@/lib/providers/registry";
import { sampleHeldKeys } from "@/lib/regions/data";
import { listAddresses } from "@/lib/regions/rules";
import type { RegionInput } from "@/lib/regions/schema";
import type { Prisma, PrismaClient } from "@/prisma/generated/client";

/** How many principals of a region are searched for a known key. Some may have lost theirs. */
const SAMPLED_PRINCIPALS = 5;

/** Throws `invalid` when another region of this portal is at the same storage system, or has keys there. */
export async function expectOwnSystem(region: RegionInput, provider: Provider, context: CallContext): Promise<void> {
  const sharing = await findSharing(db, region);
  if (sharing) throw refuse(sharing);
  // Under another address it may be the same all the same: then it has the keys of the other region.
  const others = await listOthers(db, region);
  const owners = await Promise.all(
    others.map(async ({ id, name }) => ((await hasKeysOf(id, provider, context)) ? name : undefined)),
  );
  const owner = owners.find((name) => name !== undefined);
  if (owner !== undefined) throw refuse(owner);
}

/** The name of another region at the same storage system, as far as the settings and addresses tell. Asks nobody. */
export async function findSharing(
  client: Transaction | PrismaClient,
  region: RegionInput,
): Promise<string | undefined> {
  const systemOf = ({ settings }: { settings: unknown }) => nameSystem(region.provider, settings as Prisma.JsonObject);
  const system = systemOf(region);
  const addresses = listAddresses(region);
  const others = await listOthers(client, region);
  return others.find(
    (other) =>
      (system !== undefined && systemOf(other) === system) ||
      listAddresses(other).some((one) => addresses.includes(one)),
  )?.name;
}

/** Whether the storage system has a key of a region, as far as some of its principals tell. */
export async function hasKeysOf(regionId: string, provider: Provider, context: CallContext): Promise<boolean> {
  for (const { principal, accessKeyIds } of await sampleHeldKeys(regionId, SAMPLED_PRINCIPALS)) {
    const there = await provider.listKeys(principal, context);
    if (there.some(({ accessKeyId }) => accessKeyIds.includes(accessKeyId))) return true;
  }
  return false;
}

const listOthers = (client: Transaction | PrismaClient, { name, provider }: RegionInput) =>
  client.region.findMany({
    where: { name: { not: name }, provider },
    orderBy: { name: "asc" },
    select: { id: true, name: true, endpoint: true, gateways: true, settings: true },
  });

const refuse = (owner: string): ProviderError =>
  new ProviderError("invalid", `this storage system belongs to the region ${owner} already`);
