import type { Person } from "../fixtures/portal";
import { type OwnPortal, startOwnPortal } from "../fixtures/own-portal";

/** Starts a portal for a measurement by its member+, and stops it afterwards: also after a failure and at Ctrl-C. */
export async function measurePortal(measure: (portal: OwnPortal, person: Person) => Promise<void>): Promise<void> {
  const portal = await startOwnPortal();
  const stop = () => void portal.stop().finally(() => process.exit(130));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
  try {
    const person = portal.facts.users.find(({ role }) => role === "member+");
    if (!person) throw new Error("nobody is member+");
    await measure(portal, person);
  } finally {
    await portal.stop();
  }
}
