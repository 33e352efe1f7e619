import { setTimeout as pause } from "node:timers/promises";
import { askBackend } from "./ask-backend";
import type { Backend, ListedKey } from "./backends";
import type { History } from "./history";
import { inParallel } from "./in-parallel";
import { findMaking, isCalledDead, type Ledger, listOpenKeys, listOpenOperations } from "./ledger";
import type { GatewayAnswer, KnownPair } from "./signed-request";
import type { Violation } from "./violation";
import type { World } from "./world";

const ASK_TRIES = 10;

/** What is still to be done although nothing hinders it. */
export function checkSettled(ledger: Ledger): Violation[] {
  return [
    ...listOpenKeys(ledger).map(({ accessKeyId, state, region }) => ({
      kind: "unsettled" as const,
      what: `key ${accessKeyId} in ${region} is ${state}`,
    })),
    ...ledger.suspensions.map(({ principal, until }) => ({
      kind: "unsettled" as const,
      what: `${principal} is suspended until ${until.toISOString()}`,
    })),
    ...listOpenOperations(ledger).map(({ kind, state, accessKeyId }) => ({
      kind: "unsettled" as const,
      what: `${kind} of ${accessKeyId} is ${state}`,
    })),
  ];
}

/** No key lives on a storage system that the portal does not call live. */
export async function checkOrphans(backends: readonly Backend[], ledger: Ledger): Promise<Violation[]> {
  const known = new Map(ledger.keys.map((key) => [key.accessKeyId, key]));
  const found: Violation[] = [];
  for (const backend of backends) {
    for (const { accessKeyId, principal } of await backend.listKeys()) {
      const key = known.get(accessKeyId);
      if (key && (key.region !== backend.region || key.principal !== principal)) {
        found.push({
          kind: "orphan",
          what: `${backend.region} has ${accessKeyId} of ${principal}, which the portal knows as of ${key.principal} in ${key.region}`,
        });
      } else if (!key)
        found.push({ kind: "orphan", what: `${backend.region} has ${accessKeyId}, of which the portal knows nothing` });
      else if (isCalledDead(key))
        found.push({
          kind: "orphan",
          what: `${backend.region} has ${accessKeyId}, which the portal calls ${key.state}`,
        });
    }
  }
  return found;
}

/** Who is suspended on a storage system is so in the database too: else nobody would end it. */
export async function checkSuspensions(backends: readonly Backend[], { suspensions }: Ledger): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const { region, listSuspended } of backends) {
    for (const principal of (await listSuspended?.()) ?? []) {
      if (suspensions.some((known) => known.principal === principal && known.region === region)) continue;
      found.push({ kind: "stopped", what: `${region} has suspended ${principal}, of which the portal knows nothing` });
    }
  }
  return found;
}

/** What is called dead is refused everywhere, and what is called active works everywhere: by real signed requests. */
export async function checkPairs(
  world: Pick<World, "backends">,
  history: History,
  ledger: Ledger,
): Promise<Violation[]> {
  const pairs = new Map(history.pairs().map((pair) => [pair.accessKeyId, pair]));
  const found: Violation[] = [];
  const listed = new Map(
    await Promise.all(
      world.backends.map(async (backend): Promise<[string, ListedKey[]]> => [backend.region, await backend.listKeys()]),
    ),
  );
  await inParallel(ledger.keys, async (key) => {
    const backend = world.backends.find(({ region }) => region === key.region);
    const pair = pairs.get(key.accessKeyId);
    if (!backend) return;
    const making = findMaking(ledger, key.accessKeyId);
    if (key.state === "ACTIVE" && !pair && !(making && history.mayHaveLost(making))) {
      found.push({
        kind: "lost",
        what: `${key.accessKeyId} is ACTIVE in ${key.region}, and its secret reached nobody`,
      });
    }
    if (
      key.state === "ACTIVE" &&
      !listed
        .get(key.region)
        ?.some(({ accessKeyId, principal }) => accessKeyId === key.accessKeyId && principal === key.principal)
    ) {
      found.push({ kind: "broken", what: `${key.accessKeyId} is ACTIVE, and ${key.region} does not have it` });
    }
    if (!pair || (!isCalledDead(key) && key.state !== "ACTIVE")) return;
    for (const gateway of backend.gateways) {
      const answer = await askPatiently(backend, gateway, pair);
      if (isCalledDead(key) && answer !== "refused") {
        const how = answer === "accepted" ? "accepts it" : "does not refuse it: no answer";
        found.push({
          kind: "undead",
          what: `${key.accessKeyId} is called ${key.state}, and ${gateway} (${key.region}) ${how}`,
        });
      }
      if (key.state === "ACTIVE" && answer !== "accepted") {
        found.push({
          kind: "broken",
          what: `${key.accessKeyId} is ACTIVE, and at ${gateway} (${key.region}): ${answer}`,
        });
      }
    }
  });
  for (const pair of pairs.values()) {
    if (!ledger.keys.some(({ accessKeyId }) => accessKeyId === pair.accessKeyId)) {
      found.push({ kind: "lost", what: `${pair.accessKeyId} was delivered, and the database does not know it` });
    }
  }
  return found;
}

/** Each project's cards, as the page polls them, say what the database says. */
export async function checkCards(
  world: Pick<World, "backends" | "slots" | "membersOf">,
  ledger: Ledger,
): Promise<Violation[]> {
  const found: Violation[] = [];
  const projects = [...new Set(world.slots.map(({ project }) => project))];
  await inParallel(projects, async (project) => {
    const [member] = world.membersOf(project);
    const answer = await member?.client.readCards(project);
    if (answer?.kind !== "data")
      return void found.push({ kind: "untrue", what: `the cards of ${project} cannot be read` });
    for (const { region, state, key, change } of answer.data) {
      if (!world.backends.some((backend) => backend.region === region.name)) continue;
      const active = ledger.keys.find(
        (known) => known.project === project && known.region === region.name && known.state === "ACTIVE",
      );
      const told = state === "ACTIVE" ? key?.accessKeyId : undefined;
      if (told !== active?.accessKeyId) {
        found.push({
          kind: "untrue",
          what: `the card ${project}/${region.name} says ${state} ${told ?? ""}; current is ${active?.accessKeyId ?? "none"}`,
        });
      }
      if (change)
        found.push({ kind: "untrue", what: `the card ${project}/${region.name} tells of a change under way` });
    }
  });
  return found;
}

async function askPatiently(backend: Backend, gateway: string, pair: KnownPair): Promise<GatewayAnswer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await askBackend(backend, gateway, pair);
    if (answer !== "no-answer" || tries === ASK_TRIES) return answer;
    await pause(500);
  }
}
