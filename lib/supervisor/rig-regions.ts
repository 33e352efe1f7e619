import { withTransaction } from "@/lib/platform/db/transaction";
import { z } from "zod";
import { SYSTEM_ACTOR } from "@/lib/audit/record";
import { parseJson } from "@/lib/platform/text/parse-json";
import { Secret } from "@/lib/platform/secret";
import { checkRegionInput, putCheckedRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import { isAsDeclared } from "@/lib/regions/file/apply-regions-file";
import { isLoopback } from "@/lib/platform/net/host";
import type { PrismaClient } from "@/prisma/generated/client";

/** The fields of rig.json that the regions need. */
const rigSchema = z.object({
  gateways: z.array(z.object({ endpoint: z.string() })).min(1),
  admin: z.object({ accessKeyId: z.string(), secretAccessKey: z.string() }),
  adminUrl: z.string(),
  keystone: z.object({
    url: z.string(),
    user: z.object({ userName: z.string(), projectName: z.string(), password: z.string() }),
  }),
});

/**
 * The rig's regions at the same two gateways: `ceph`, whose keys are RGW's own, and `openstack`, whose keys are
 * Keystone's. Throws when rig.json is damaged.
 */
export function composeRigRegions(rigJson: string): RegionInput[] {
  const { gateways, admin, adminUrl, keystone } = rigSchema.parse(parseJson(rigJson));
  const { password, ...user } = keystone.user;
  const place = {
    endpoint: gateways[0]?.endpoint ?? "",
    signingRegion: "default",
    gateways: gateways.map(({ endpoint }) => endpoint),
  };
  return [
    {
      ...place,
      name: "ceph",
      provider: "ceph-rgw",
      settings: { adminUrl },
      credentials: new Secret(JSON.stringify(admin)),
    },
    {
      ...place,
      name: "openstack",
      provider: "keystone",
      // No other program creates keys in the rig, so a disable may suspend the user.
      settings: { identityUrl: keystone.url, ...user, rgwAdminUrl: adminUrl, exclusive: true },
      credentials: new Secret(
        JSON.stringify({ password, rgwAccessKeyId: admin.accessKeyId, rgwSecretAccessKey: admin.secretAccessKey }),
      ),
    },
  ];
}

/**
 * Checks and saves each region that is missing or differs. Returns a sentence for each region that was not added
 * because another storage system has its name. Throws when a check fails.
 */
export async function syncRigRegions(
  database: PrismaClient,
  regions: RegionInput[],
  masterKey: Buffer,
): Promise<string[]> {
  const left: string[] = [];
  for (const region of regions) {
    const row = await database.region.findUnique({ where: { name: region.name } });
    if (row && !(row.provider === region.provider && isLoopback(new URL(row.endpoint).hostname))) {
      left.push(`Another region has the name ${region.name} already; the rig's region was not added.`);
      continue;
    }
    if (row && isAsDeclared(row, region)) continue;
    const checked = await checkRegionInput(region);
    await withTransaction((tx) => putCheckedRegion(tx, SYSTEM_ACTOR, checked, masterKey), { client: database });
  }
  return left;
}
