import type { Card } from "@/lib/access-keys/schema";
import type { Connection } from "@/lib/clients/rules";

/** What the configuration of a client is made from, for the key of a card. The secret only where it is at hand. */
export function connectionOf(
  { region, key }: Card,
  issued?: { accessKeyId: string; secretAccessKey: string },
): Connection {
  return {
    region: region.name,
    endpoint: region.endpoint,
    signingRegion: region.signingRegion,
    plainUploads: region.plainUploads,
    accessKeyId: issued?.accessKeyId ?? key?.accessKeyId ?? "",
    secretAccessKey: issued?.secretAccessKey,
  };
}
