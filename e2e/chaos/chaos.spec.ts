import { expect, test } from "@playwright/test";
import { listQuickFaults } from "./faults";
import { describeReport } from "./report";
import { runStorm } from "./run";
import { listPossibleRegions, startWorld, type World } from "./world";

let world: World | undefined;

test.afterEach(async () => {
  await world?.stop();
});

test("a short storm of every kind of fault leaves no orphan, no lost change and no secret", async () => {
  test.setTimeout(400_000);
  world = await startWorld({ regions: listPossibleRegions().filter((name) => name !== "openstack"), projects: 8 });
  const report = await runStorm(world, {
    seed: Number(process.env.LATCHKEY_TORTURE_SEED ?? Math.floor(Math.random() * 2 ** 31)),
    operations: 64,
    faults: listQuickFaults(world).length,
    atOnce: 8,
    settleSeconds: 120,
    crowd: 0.08,
    forget: 0.15,
    forgetForMs: 5_000,
    programs: 0.25,
    faultsOf: listQuickFaults,
    eachOnceFirst: true,
    full: false,
  });
  console.log(describeReport(report));
  expect(report.violations).toEqual([]);
  expect(report.operations).toBeGreaterThanOrEqual(60);
  expect(Object.keys(report.byKind).sort()).toEqual(
    [...new Set(listQuickFaults(world).map(({ name }) => name))].sort(),
  );
});
