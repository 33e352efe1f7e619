import "server-only";
import { ensureInstallationRow } from "@/lib/installation/mutations";
import { db } from "@/lib/platform/db/client";

let known: string | undefined;

/** The three characters in every access key id of this installation. Drawn once and kept in the database for good. */
export async function readMarker(): Promise<string> {
  if (known) return known;
  await ensureInstallationRow(db);
  const { marker } = await db.installation.findUniqueOrThrow({ where: { id: 1 } });
  known = marker;
  return marker;
}
