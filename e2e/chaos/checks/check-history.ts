import { UNREADABLE } from "../world/backend";
import type { World } from "../world/world";
import { type Attempt, type Change, type History, nameSlot, nameUndelivered, type Slot } from "../history";
import { findCreation, isCurrent, isInSlot, type Ledger } from "./ledger";
import type { Violation } from "./violation";

/** The transaction that ends a key may wait this long for a lock or the database after it has read the clock. */
const END_TOLERANCE_MS = 2_000;

/** The active key of each slot is that of its last acknowledged change, and each such change is in the database. */
export function checkHistory(world: Pick<World, "slots">, history: History, ledger: Ledger): Violation[] {
  return [
    ...world.slots.flatMap((slot) => checkSlot(slot, history, ledger)),
    ...history.attempts.flatMap((attempt) => checkAttempt(attempt, ledger)),
  ];
}

function checkSlot(slot: Slot, history: History, ledger: Ledger): Violation[] {
  const here = ledger.keys.filter((key) => isInSlot(key, slot));
  const active = here.find(isCurrent)?.accessKeyId;
  const possible = history.listPossibleKeys(slot);
  const creation = findCreation(ledger, active);
  if (possible.includes(active) || (creation && possible.includes(nameUndelivered(creation)))) return [];
  const expected = possible.map((id) => id ?? "none").join(" or ");
  const what = `${nameSlot(slot)} has ${active ?? "no key"}; the last acknowledged change left ${expected}`;
  return [{ kind: "lost", what }];
}

const KINDS: Record<Change, string> = {
  enable: "ENABLE",
  regenerate: "REGENERATE",
  disable: "DISABLE",
  deactivate: "DEACTIVATE",
  activate: "ACTIVATE",
  setExpiration: "SET_EXPIRATION",
  retire: "RETIRE",
  keepLonger: "KEEP_LONGER",
};

function checkAttempt(attempt: Attempt, ledger: Ledger): Violation[] {
  const { keys, operations } = ledger;
  const { change, slot, answer, key: delivered, acknowledged } = attempt;
  const name = `${change} of ${nameSlot(slot)}`;
  if (answer === "done") {
    const known = operations.find(
      ({ requestId, actorId }) => requestId === attempt.requestId && actorId === attempt.personId,
    );
    const isDone = known?.kind === KINDS[change] && known.state === "DONE";
    if (isDone) return [];
    return [{ kind: "lost", what: `the ${name} was acknowledged and is ${known?.state ?? "not in the database"}` }];
  }
  if (!delivered) return [];
  const { accessKeyId } = delivered;
  const operation = findCreation(ledger, accessKeyId);
  const key = keys.find((known) => known.accessKeyId === accessKeyId);
  if (acknowledged?.answer === "ok" && (operation?.state !== "DONE" || key?.state === "FAILED")) {
    const what = `the ${name} to ${accessKeyId} was acknowledged and is ${operation?.state}, its key ${key?.state}`;
    return [{ kind: "lost", what }];
  }
  if ((acknowledged === undefined || acknowledged.answer === "refused") && operation?.state === "DONE") {
    const how = acknowledged ? "although its acknowledgement was refused" : "without an acknowledgement";
    return [{ kind: "lost", what: `the ${name} to ${accessKeyId} was committed ${how}` }];
  }
  return [];
}

/** Whoever loses the lease stops: no key is created on a storage system after that key has ended in the database. */
export function checkLateWrites(world: Pick<World, "backends">, ledger: Ledger): Violation[] {
  const ended = new Map(ledger.keys.map(({ accessKeyId, endedAt }) => [accessKeyId, endedAt?.getTime() ?? Infinity]));
  return world.backends.flatMap(({ region, proxies }) =>
    proxies.flatMap(({ proxy }) =>
      proxy.writes.flatMap(({ at, path, accessKeyId: id }): Violation[] => {
        if (id === undefined) return [];
        if (id === UNREADABLE)
          return [{ kind: "unchecked", what: `cannot read which key a write to ${path} created in ${region}` }];
        const lateMs = at - (ended.get(id) ?? Infinity);
        if (lateMs < END_TOLERANCE_MS) return [];
        return [
          { kind: "late-write", what: `${id} was created in ${region} ${(lateMs / 1_000).toFixed(1)} s after its end` },
        ];
      }),
    ),
  );
}
