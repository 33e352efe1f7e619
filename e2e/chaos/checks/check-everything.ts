import { join } from "node:path";
import { withDatabase } from "../../fixtures/database";
import type { World } from "../world/world";
import type { History } from "../history";
import { checkCards } from "./check-cards";
import { checkHistory, checkLateWrites } from "./check-history";
import { checkKeys, checkOrphans, checkSettled, checkSuspensions } from "./check-keys";
import { checkSecrets, readOwnSecrets } from "./check-secrets";
import { readLedger } from "./ledger";
import type { Violation } from "./violation";

/** Whether nothing is open in the database and no storage system has an orphan. */
export async function isSettled({ databaseUrl, backends }: World): Promise<boolean> {
  const ledger = await withDatabase(databaseUrl, readLedger);
  return checkSettled(ledger).length === 0 && (await checkOrphans(backends, ledger)).length === 0;
}

/** Reads every storage system and the database without the portal's code, and tests every key that was delivered. */
export async function checkEverything(world: World, history: History): Promise<Violation[]> {
  return withDatabase(world.databaseUrl, async (client) => {
    const ledger = await readLedger(client);
    const folders = [world.portal.facts.dataDir, ...(world.rig ? [join(world.rig.options.folder, "log")] : [])];
    const keys = history.keys().map((key) => key.secretAccessKey);
    const secrets = { keys, own: readOwnSecrets(world), tokens: world.people.map(({ token }) => token) };
    return [
      ...checkSettled(ledger),
      ...(await runCheck("the storage systems' lists", () => checkOrphans(world.backends, ledger))),
      ...(await runCheck("the suspensions", () => checkSuspensions(world.backends, ledger))),
      ...(await runCheck("the keys", () => checkKeys(world, history, ledger))),
      ...checkHistory(world, history, ledger),
      ...checkLateWrites(world, ledger),
      ...(await runCheck("the cards", () => checkCards(world, ledger))),
      ...(await checkSecrets(client, folders, secrets)),
    ];
  });
}

/** A check that fails is a violation, so that the other checks still run: the faults are over, everything answers. */
async function runCheck(what: string, check: () => Promise<Violation[]>): Promise<Violation[]> {
  try {
    return await check();
  } catch (error) {
    return [{ kind: "unsettled", what: `${what} could not be checked: ${String(error)}` }];
  }
}
