import "server-only";
import { can, PROJECT_ROLES } from "@/lib/gate/permissions";
import { db } from "@/lib/platform/db/client";
import type { FirstSteps } from "@/lib/installation/schema";
import { VERSION } from "@/lib/platform/config/version";
import { env } from "@/lib/platform/env";

/** A worker that has not been heard of for this long is called degraded. */
const WORKER_SILENT_MS = 45_000;
/** A region that was not checked for this long is called degraded. */
const REGION_SILENT_MS = Math.max(5 * 60_000, 5_000 * env.LATCHKEY_CHECK_SECONDS);

export interface Health {
  status: "ok" | "degraded";
  version: string;
  database: "ok";
  worker: "ok" | "degraded";
  regions: { name: string; state: "ok" | "degraded"; detail: string }[];
  openOperations: number;
}

/** Whether the worker has given no sign for a while. */
export async function isWorkerSilent(): Promise<boolean> {
  const heartbeat = await db.heartbeat.findUnique({ where: { name: "worker" } });
  return !heartbeat || Date.now() - heartbeat.at.getTime() >= WORKER_SILENT_MS;
}

/** The health of the installation. Throws when the database is not usable. */
export async function loadHealth(): Promise<Health> {
  const now = Date.now();
  const [heartbeat, regions, openOperations, missing] = await Promise.all([
    db.heartbeat.findUnique({ where: { name: "worker" } }),
    db.region.findMany({
      where: { disabledAt: null },
      orderBy: { name: "asc" },
      select: { id: true, name: true, checkedAt: true, checkError: true },
    }),
    db.operation.count({ where: { state: { in: ["PENDING", "DELIVERING", "UNDOING"] } } }),
    db.accessKey.groupBy({ by: ["regionId"], where: { missingSince: { not: null } }, _count: true }),
  ]);
  const worker = heartbeat && now - heartbeat.at.getTime() < WORKER_SILENT_MS ? "ok" : "degraded";
  const missingKeys = new Map(missing.map(({ regionId, _count }) => [regionId, _count]));
  const states = regions.map((region) => describeRegion(region, missingKeys.get(region.id) ?? 0, now));
  const degraded = worker === "degraded" || states.some((region) => region.state === "degraded");
  return {
    status: degraded ? "degraded" : "ok",
    version: VERSION,
    database: "ok",
    worker,
    regions: states,
    openOperations,
  };
}

/** How far an installation is with its first steps; undefined when all of them are done. */
export async function loadFirstSteps(): Promise<FirstSteps | undefined> {
  const isOn = { disabledAt: null };
  const region = await db.region.findFirst({ where: isOn, select: { id: true } });
  const project = await db.project.findFirst({
    where: isOn,
    orderBy: { createdAt: "desc" },
    select: { slug: true, name: true },
  });
  const roles = PROJECT_ROLES.filter((role) => can([role], "keys:issue"));
  const person = await db.membership.findFirst({
    where: { role: { in: roles }, user: isOn, project: isOn },
    select: { userId: true },
  });
  if (region && project && person) return undefined;
  return { hasRegion: region !== null, project, hasPeople: person !== null };
}

function describeRegion(
  region: { name: string; checkedAt: Date | null; checkError: string | null },
  missingKeys: number,
  now: number,
): Health["regions"][number] {
  const { name, checkedAt, checkError } = region;
  if (!checkedAt) return { name, state: "degraded", detail: "not checked yet" };
  if (checkError) return { name, state: "degraded", detail: checkError };
  if (now - checkedAt.getTime() > REGION_SILENT_MS) return { name, state: "degraded", detail: "not checked lately" };
  if (missingKeys === 0) return { name, state: "ok", detail: "answers" };
  const keys = missingKeys === 1 ? "1 current key" : `${missingKeys} current keys`;
  return { name, state: "degraded", detail: `the storage system does not know ${keys}` };
}
