import "server-only";
import { CURRENT_STATES } from "@/lib/access-keys/rules";
import { notFound, type ProjectScope } from "@/lib/gate/scope";
import { db } from "@/lib/platform/db/client";
import type { AccessKey } from "@/prisma/generated/client";

const heldKeySelect = { accessKeyId: true, slot: true, state: true, createdById: true } as const;

/** A key that a project has in a region: a current one, or the old key of an overlap. */
export type HeldKey = Pick<AccessKey, keyof typeof heldKeySelect>;

/** The keys that a project has in a region, oldest first. The region is given by name. */
export function listHeldKeys({ projectId }: ProjectScope, region: string): Promise<HeldKey[]> {
  return db.accessKey.findMany({
    where: { projectId, region: { name: region }, ...HELD },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: heldKeySelect,
  });
}

/** One of them. Throws NOT_FOUND, for a key of another project or region and for one that has ended too. */
export async function findHeldKey(scope: ProjectScope, region: string, accessKeyId: string): Promise<HeldKey> {
  const isId = /^[A-Za-z0-9]{1,128}$/.test(accessKeyId);
  const where = { accessKeyId, projectId: scope.projectId, region: { name: region }, ...HELD };
  const key = isId ? await db.accessKey.findFirst({ where, select: heldKeySelect }) : null;
  if (!key) throw notFound("key");
  return key;
}

const HELD = { state: { in: [...CURRENT_STATES, "RETIRING" as const] } };
