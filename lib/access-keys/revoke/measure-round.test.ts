import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { measureRound, openLaterReceipts } from "@/lib/access-keys/revoke/measure-round";
import { db } from "@/lib/platform/db/client";
import type { Provider } from "@/lib/providers/provider";
import { openProvider } from "@/lib/regions/data";
import { ensureCalibration } from "@/lib/regions/mutations";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();
/** More than are taken at once. */
const REMOVED = 900;

test("each removed key gets a receipt for a gateway that came later, and nobody is asked after the time is over", async () => {
  await project.makeKey();
  const region = await db.region.findUniqueOrThrow({ where: { name: "north" } });
  const { projectId } = project.scope;
  const { id: principalId } = await db.principal.findFirstOrThrow({ where: { projectId, regionId: region.id } });
  const facts = { projectId, regionId: region.id, principalId, createdById: project.mia.userId };
  const removedAt = new Date();
  await db.accessKey.createMany({
    data: Array.from({ length: REMOVED }, () => ({
      ...{ ...facts, accessKeyId: randomUUID(), state: "REVOKING" as const, endedAt: removedAt, removedAt },
    })),
  });
  const provider = openProvider(region);
  await openLaterReceipts(region, provider, { projectId });
  expect(await db.receipt.count({ where: { key: { projectId } } })).toBe(REMOVED * provider.gateways().length);

  let asked = 0;
  const counting: Provider = {
    ...provider,
    gateways: () => provider.gateways(),
    async probe(...call) {
      asked += 1;
      return provider.probe(...call);
    },
  };
  const measured = { name: region.name, provider: counting, calibration: await ensureCalibration(region) };
  await measureRound(measured, { projectId }, Date.now() - 1);
  expect(asked).toBe(0);
  await measureRound(measured, { projectId }, Date.now() + 600_000);
  expect(asked).toBeGreaterThan(0);
});
