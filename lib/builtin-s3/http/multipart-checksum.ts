import type { StoredChecksum, StoredPart } from "../store/records";
import type { Upload } from "../store/table";
import { startChecksum } from "./checksum";
import { combineCrc } from "./crc-combine";

/** The checksum of an object from those of its parts: composite (a checksum of checksums) or of the full object. */
export function checksumOfParts(
  { checksum }: Pick<Upload, "checksum">,
  parts: readonly StoredPart[],
): StoredChecksum | undefined {
  if (!checksum) return undefined;
  const digests = parts.map((part): Buffer => Buffer.from(part.checksum ?? "", "base64"));
  if (digests.some(({ length }) => length === 0)) return undefined;
  const { algorithm, type } = checksum;
  if (type === "FULL_OBJECT") {
    const whole = digests.reduce((sum, digest, index) =>
      index === 0 ? digest : combineCrc(algorithm, sum, digest, parts[index]?.size ?? 0),
    );
    return { algorithm, type, value: whole.toString("base64") };
  }
  const running = startChecksum(algorithm);
  running.update(Buffer.concat(digests));
  return { algorithm, type, value: `${running.digest().toString("base64")}-${parts.length}` };
}
