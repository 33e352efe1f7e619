import { askRegionWithRetry } from "../world/ask-region";
import type { Backend, ListedKey } from "../world/backend";
import type { World } from "../world/world";
import type { AccessKey } from "../../fixtures/access-key";
import type { History } from "../history";
import { inParallel } from "../in-parallel";
import {
  findCreation,
  isCurrent,
  isGone,
  isRetiring,
  isSwitchedOff,
  type Ledger,
  type LedgerKey,
  listOpenKeys,
  listOpenOperations,
} from "./ledger";
import type { Violation } from "./violation";

/** What is still open in the database. */
export function checkSettled(ledger: Ledger): Violation[] {
  const open = [
    ...listOpenKeys(ledger).map(({ accessKeyId, state, region }) => `key ${accessKeyId} in ${region} is ${state}`),
    ...ledger.suspensions.map(({ principal, until }) => `${principal} is suspended until ${until.toISOString()}`),
    ...listOpenOperations(ledger).map(({ kind, state, accessKeyId }) => `${kind} of ${accessKeyId} is ${state}`),
  ];
  return open.map((what) => ({ kind: "unsettled", what }));
}

/** No storage system has a key that the portal does not call live. */
export async function checkOrphans(backends: readonly Backend[], ledger: Ledger): Promise<Violation[]> {
  const known = new Map(ledger.keys.map((key) => [key.accessKeyId, key]));
  const found: string[] = [];
  for (const backend of backends) {
    for (const listed of await backend.listKeys()) {
      const problem = findOrphanProblem(backend, listed, known.get(listed.accessKeyId));
      if (problem) found.push(`${backend.region} has ${listed.accessKeyId} of ${listed.principal}: ${problem}`);
    }
  }
  return found.map((what) => ({ kind: "orphan", what }));
}

function findOrphanProblem({ region }: Backend, listed: ListedKey, key: LedgerKey | undefined): string | undefined {
  if (!key) return "the portal does not know it";
  if (key.region !== region || key.principal !== listed.principal)
    return `the portal knows it as a key of ${key.principal} in ${key.region}`;
  return isGone(key) ? `the portal calls it ${key.state}` : undefined;
}

/** Each suspension on a storage system is in the database too. Otherwise nobody would end it. */
export async function checkSuspensions(backends: readonly Backend[], { suspensions }: Ledger): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { region, listSuspended } of backends) {
    for (const principal of (await listSuspended?.()) ?? []) {
      if (suspensions.some((known) => known.principal === principal && known.region === region)) continue;
      found.push({ kind: "suspended", what: `${region} has suspended ${principal}, and the portal does not know it` });
    }
  }
  return found;
}

/** Every gateway refuses the keys that are gone or switched off, and accepts the active and the retiring ones. Asks with real signed requests. */
export async function checkKeys(
  world: Pick<World, "backends">,
  history: History,
  ledger: Ledger,
): Promise<Violation[]> {
  const delivered = new Map(history.keys().map((key) => [key.accessKeyId, key]));
  const found: Violation[] = [];
  const listed = new Map<string, ListedKey[]>();
  for (const backend of world.backends) listed.set(backend.region, await backend.listKeys());
  await inParallel(ledger.keys, async (key) => {
    const backend = world.backends.find(({ region }) => region === key.region);
    if (!backend) return;
    const secret = delivered.get(key.accessKeyId);
    const works = isCurrent(key) || isRetiring(key);
    if (works) found.push(...checkCurrent(key, secret, listed.get(key.region) ?? [], history, ledger));
    if (secret && (isGone(key) || works)) found.push(...(await askAllGateways(backend, key, secret)));
  });
  for (const accessKeyId of delivered.keys()) {
    if (ledger.keys.some((key) => key.accessKeyId === accessKeyId)) continue;
    found.push({ kind: "lost", what: `${accessKeyId} was delivered, and the database does not know it` });
  }
  return found;
}

function checkCurrent(
  { accessKeyId, region, principal, state }: LedgerKey,
  secret: AccessKey | undefined,
  listed: readonly ListedKey[],
  history: History,
  ledger: Ledger,
): Violation[] {
  const found: Violation[] = [];
  const creation = findCreation(ledger, accessKeyId);
  if (!secret && !(creation && history.mayHaveUndelivered(creation)))
    found.push({
      kind: "lost",
      what: `${accessKeyId} is ${state} in ${region}, and its secret was delivered to nobody`,
    });
  if (!listed.some((key) => key.accessKeyId === accessKeyId && key.principal === principal))
    found.push({ kind: "broken", what: `${accessKeyId} is ${state}, and ${region} does not have it` });
  return found;
}

async function askAllGateways(backend: Backend, key: LedgerKey, secret: AccessKey): Promise<Violation[]> {
  const found: Violation[] = [];
  const isOff = isGone(key) || isSwitchedOff(key);
  const expected = isOff ? "refused" : "accepted";
  for (const gateway of backend.gateways) {
    const answer = await askRegionWithRetry(backend, gateway, secret);
    if (answer === expected) continue;
    const kind = isOff ? "still-accepted" : "broken";
    found.push({ kind, what: `${key.accessKeyId} is ${key.state}; ${gateway} (${key.region}) answers: ${answer}` });
  }
  return found;
}
