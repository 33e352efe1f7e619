import { noteUsual } from "@/lib/access-keys/revoke/note-usual";
import { resumeRotations } from "@/lib/regions/administration/resume-rotation";
import { checkRegions } from "@/lib/regions/mutations";

/** Checks every region, and works out how long its keys usually work on after their end. */
export async function handleCheckRegions(): Promise<void> {
  await noteUsual();
  await Promise.all([resumeRotations(), checkRegions()]);
}
