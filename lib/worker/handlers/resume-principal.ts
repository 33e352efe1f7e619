import { resumePrincipal } from "@/lib/access-keys/mutations/resume-principal";
import type { JobPayload } from "@/lib/jobs/jobs";

export function handleResumePrincipal({ principalId }: JobPayload<"resume-principal">): Promise<void> {
  return resumePrincipal(principalId);
}
