import type { World } from "../world/world";
import { inParallel } from "../in-parallel";
import type { Ledger } from "./ledger";
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
    for (const { region, state, key, change } of answer.data) {
      if (!world.backends.some((backend) => backend.region === region.name)) continue;
      const card = `the card ${project}/${region.name}`;
      const active = ledger.keys.find(
        (known) => known.project === project && known.region === region.name && known.state === "ACTIVE",
      );
      const shown = state === "ACTIVE" ? key?.accessKeyId : undefined;
      if (shown !== active?.accessKeyId)
        found.push(`${card} says ${state} ${shown ?? ""}; active is ${active?.accessKeyId ?? "none"}`);
      if (change) found.push(`${card} shows a change in flight`);
    }
  });
  return found.map((what) => ({ kind: "wrong-answer", what }));
}
