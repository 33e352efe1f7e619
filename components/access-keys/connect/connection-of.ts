import type { Card } from "@/lib/access-keys/schema";
import { type Connection, nameProfile } from "@/lib/clients/rules";

/** What the configuration of a client is made from, for the key of a card. The secret only where it is at hand. */
export function connectionOf(
  { region, name, access, key }: Card,
  issued?: { accessKeyId: string; secretAccessKey: string },
): Connection {
  const accessKeyId = issued?.accessKeyId ?? key?.accessKeyId ?? "";
  return {
    region: region.name,
    profile: nameProfile(region.name, name, accessKeyId),
    readOnly: access === "read-only",
    endpoint: region.endpoint,
    signingRegion: region.signingRegion,
    plainUploads: region.plainUploads,
    accessKeyId,
    secretAccessKey: issued?.secretAccessKey,
  };
}
