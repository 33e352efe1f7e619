import { expect, test } from "@playwright/test";
import { listShortFaults } from "./faults/faults";
import { describeReport } from "./report";
import { runChaos } from "./run";
import { listPossibleRegions, startWorld, type World } from "./world/world";

let world: World | undefined;

test.afterEach(async () => {
  await world?.stop();
});

test("a short chaos run with every kind of fault finds no violation", async () => {
  world = await startWorld({ regions: listPossibleRegions().filter((name) => name !== "openstack"), projects: 8 });
  const report = await runChaos(world, {
    seed: Number(process.env.LATCHKEY_CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31)),
    operations: 64,
    faults: listShortFaults(world).length,
    atOnce: 8,
    settleSeconds: 240,
    contention: 0.08,
    adjustments: 0.25,
    unacknowledged: 0.15,
    unacknowledgedForMs: 5_000,
    programs: 0.25,
    listFaults: listShortFaults,
    eachOnceFirst: true,
    full: false,
  });
  console.log(describeReport(report));
  expect(report.violations).toEqual([]);
  expect(report.operations).toBeGreaterThanOrEqual(60);
  const kinds = new Set(listShortFaults(world).map(({ name }) => name));
  expect(Object.keys(report.byKind).sort()).toEqual([...kinds].sort());
});
