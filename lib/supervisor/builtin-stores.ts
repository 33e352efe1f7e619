import type { Prisma, PrismaClient } from "@/prisma/generated/client";

/** For each region what its folder must hold: see `expectedStoreSchema` of the built-in server. */
export type ExpectedStores = Record<string, string>;

/**
 * What the folders of the built-in S3 server must hold at this start. A region in which no project ever had keys takes
 * any store, and forgets the id of a former one. A region whose check has not found the id yet must have data.
 */
export async function planStores(database: PrismaClient): Promise<ExpectedStores> {
  const stores: ExpectedStores = {};
  const regions = await database.region.findMany({ where: { provider: "builtin" } });
  for (const { id, name, settings } of regions) {
    const { store, ...others } = settings as Prisma.JsonObject;
    const principal = await database.principal.findFirst({ where: { regionId: id }, select: { id: true } });
    if (principal) stores[name] = typeof store === "string" ? store : "data";
    else if (store !== undefined) {
      await database.region.update({ where: { id }, data: { settings: others as Prisma.InputJsonObject } });
    }
  }
  return stores;
}
