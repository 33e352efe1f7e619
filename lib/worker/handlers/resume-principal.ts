import { resumePrincipal } from "@/lib/access-keys/repair/resume";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleResumePrincipal({ principalId }: JobPayload<"resume-principal">): Promise<void> {
  return resumePrincipal(principalId);
}
