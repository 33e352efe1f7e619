import { expect, test } from "vitest";
import { commitKey } from "@/lib/access-keys/issue/commit";
import { loadCard } from "@/lib/access-keys/loaders/cards";
import { startRevocation } from "@/lib/access-keys/revoke/revoke";
import { handleCheckRegions } from "@/lib/worker/handlers/check-regions";
import { asIssued } from "@/testing/factories/keys";
import { useProjectWithKeys } from "@/testing/factories/project-with-keys";

const project = useProjectWithKeys();

test("after three replaced keys the card tells what was usual, for those that were replaced only", async () => {
  await project.makeKey();
  for (const told of [null, null, expect.any(Number) as number]) {
    const issued = asIssued(await project.regenerate());
    const committed = await commitKey(project.scope, issued.change.operationId);
    await startRevocation(committed.ok ? committed.revoking : []);
    await handleCheckRegions();
    expect((await loadCard(project.scope, "north")).region.usualRevocationSeconds).toEqual({
      replaced: told,
      ended: null,
    });
  }
  expect((await loadCard(project.scope, "south")).region.usualRevocationSeconds).toEqual({
    replaced: null,
    ended: null,
  });
});
