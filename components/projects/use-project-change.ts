"use client";

import type { ActionResult } from "@/components/ui/call-action";
import { useChange } from "@/components/ui/use-change";
import type { ProjectOutput } from "@/lib/projects/schema";

const LOST = "The portal did not answer, so it is not known whether the project was changed. Reload the page.";

/** A change of a project. */
export function useProjectChange<Wish>(
  call: (wish: Wish) => Promise<ActionResult<ProjectOutput> | undefined>,
  onDone: () => void,
) {
  return useChange(call, { onDone, lost: LOST });
}
