import { UNREADABLE } from "./backends";
import { type Attempt, type History, nameUnheard } from "./history";
import { findMaking, type Ledger } from "./ledger";
import type { Violation } from "./violation";
import type { World } from "./world";

/** How long before its transaction the end of a key may have been decided: that waited for a lock, or the database. */
const DECIDED_TOLERANCE_MS = 2_000;

/** The last acknowledged change of each project in each region is what stands, and each one is written down. */
export function checkHistory(world: Pick<World, "slots">, history: History, ledger: Ledger): Violation[] {
  return [
    ...world.slots.flatMap((slot) => checkSlot(slot, history, ledger)),
    ...history.attempts.flatMap((attempt) => checkAttempt(attempt, ledger)),
  ];
}

function checkSlot(slot: { project: string; region: string }, history: History, ledger: Ledger): Violation[] {
  const here = ledger.keys.filter(({ project, region }) => project === slot.project && region === slot.region);
  const current = here.find(({ state }) => state === "ACTIVE")?.accessKeyId;
  const allowed = history.whatMayStand(slot);
  const making = findMaking(ledger, current);
  if (allowed.includes(current) || (making && allowed.includes(nameUnheard(making)))) return [];
  const wanted = allowed.map((id) => id ?? "none").join(" or ");
  return [
    {
      kind: "lost",
      what: `${slot.project}/${slot.region} has ${current ?? "no key"}; the last acknowledged change left ${wanted}`,
    },
  ];
}

function checkAttempt(attempt: Attempt, ledger: Ledger): Violation[] {
  const { keys, operations } = ledger;
  const { kind, slot, said, pair, acknowledged } = attempt;
  const name = `${kind} of ${slot.project}/${slot.region}`;
  if (said === "done") {
    const known = operations.find(
      ({ requestId, actorId }) => requestId === attempt.requestId && actorId === attempt.personId,
    );
    const isDone = known?.kind === kind.toUpperCase() && known.state === "DONE";
    return isDone
      ? []
      : [{ kind: "lost", what: `the ${name} was acknowledged and is ${known?.state ?? "not written down"}` }];
  }
  if (!pair) return [];
  const operation = findMaking(ledger, pair.accessKeyId);
  const key = keys.find(({ accessKeyId }) => accessKeyId === pair.accessKeyId);
  if (acknowledged?.said === "ok" && (operation?.state !== "DONE" || key?.state === "FAILED")) {
    return [
      {
        kind: "lost",
        what: `the ${name} to ${pair.accessKeyId} was acknowledged and is ${operation?.state}, its key ${key?.state}`,
      },
    ];
  }
  if ((acknowledged === undefined || acknowledged.said === "refused") && operation?.state === "DONE") {
    const how = acknowledged ? "although its acknowledgement was refused" : "without an acknowledgement";
    return [{ kind: "lost", what: `the ${name} to ${pair.accessKeyId} was committed ${how}` }];
  }
  return [];
}

/** Nobody makes a pair on a storage system once its end is decided: who lost the lease stops. */
export function checkLateWrites(world: Pick<World, "backends">, ledger: Ledger): Violation[] {
  const ended = new Map(ledger.keys.map(({ accessKeyId, endedAt }) => [accessKeyId, endedAt?.getTime() ?? Infinity]));
  return world.backends.flatMap((backend) =>
    backend.proxies.flatMap(({ proxy }) =>
      proxy.writes.flatMap(({ at, path, accessKeyId: id }): Violation[] => {
        if (id === UNREADABLE)
          return [
            { kind: "unchecked", what: `which pair a write to ${path} made in ${backend.region} could not be read` },
          ];
        const late = id === undefined ? 0 : at - (ended.get(id) ?? Infinity);
        if (late < DECIDED_TOLERANCE_MS) return [];
        return [
          {
            kind: "late-write",
            what: `${id} was made in ${backend.region} ${(late / 1_000).toFixed(1)} s after its end was decided`,
          },
        ];
      }),
    ),
  );
}
