import type { World } from "../world/world";
import { inParallel } from "../in-parallel";
import type { PortalSlot } from "../../fixtures/portal-client";
import { nameSlot, type Slot } from "../history";
import { isInSlot, type Ledger } from "./ledger";
import type { Violation } from "./violation";

/** The cards of each project, as the page polls them, agree with the database. */
export async function checkCards(
  world: Pick<World, "backends" | "slots" | "membersOf">,
  ledger: Ledger,
): Promise<Violation[]> {
  const found: string[] = [];
  const projects = [...new Set(world.slots.map(({ project }) => project))];
  await inParallel(projects, async (project) => {
    const [member] = world.membersOf(project);
    const answer = await member?.client.readCards(project);
    if (answer?.kind !== "data") return void found.push(`the cards of ${project} cannot be read`);
    for (const { region, named, ...main } of answer.data) {
      if (!world.backends.some((backend) => backend.region === region.name)) continue;
      for (const slot of world.slots.filter((known) => known.project === project && known.region === region.name)) {
        const shown = slot.name === undefined ? main : named.find(({ name }) => name === slot.name);
        found.push(...checkSlot(slot, shown, ledger));
      }
    }
  });
  return found.map((what) => ({ kind: "wrong-answer", what }));
}

/** A named key without a key to show is not on the card. */
function checkSlot(slot: Slot, shown: PortalSlot | undefined, ledger: Ledger): string[] {
  const card = `the card of ${nameSlot(slot)}`;
  const active = ledger.keys.find((known) => isInSlot(known, slot) && known.state === "ACTIVE");
  const accessKeyId = shown?.state === "ACTIVE" ? shown.key?.accessKeyId : undefined;
  const says = `${card} says ${shown?.state ?? "nothing"} ${accessKeyId ?? ""}; active is ${active?.accessKeyId ?? "none"}`;
  return [
    ...(accessKeyId === active?.accessKeyId ? [] : [says]),
    ...(shown?.change ? [`${card} shows a change in flight`] : []),
  ];
}
