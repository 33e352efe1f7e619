import { readOwnFile, writeOwnFile } from "@/lib/cli/profiles/private-file";
import { plain, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import type { PlannedFile } from "@/lib/cli/connect/files";
import type { Connection } from "@/lib/clients/rules";

const PRIVATE = 0o600;

/** Tells what is written where. Throws when a file cannot be read or written, or is not what the client reads. */
export async function explainFiles(
  terminal: Terminal,
  heading: string,
  files: readonly PlannedFile[],
  accessKeyId: string | undefined,
): Promise<void> {
  const lines = [heading];
  for (const { path, place, find } of files) {
    const { text } = await readOwnFile(path);
    lines.push(`  ${path}: ${place}, ${describeOld(find(text), accessKeyId)}`);
  }
  for (const line of lines) tell(terminal, plain(line));
  tell(terminal, "Everything else in these files stays as it is.");
}

function describeOld(old: ReturnType<PlannedFile["find"]>, accessKeyId: string | undefined): string {
  if (!old) return "new";
  if (old.accessKeyId === undefined) return "replaces what stands there";
  if (old.accessKeyId === accessKeyId) return "replaces what stands there with the same access key";
  return `replaces what stands there with another access key, ${old.accessKeyId}`;
}

/**
 * Writes the connection into the files. A file with a secret is readable by its owner only afterwards; another file keeps
 * its mode. Throws when a file cannot be written.
 */
export async function writeFiles(files: readonly PlannedFile[], connection: Connection): Promise<void> {
  const drafts: { path: string; text: string; mode: number }[] = [];
  for (const { path, secret, merge } of files) {
    // Read again: another program may have changed it while the person was asked.
    const { text, mode = PRIVATE } = await readOwnFile(path);
    drafts.push({ path, text: merge(text, connection), mode: secret ? PRIVATE : mode });
  }
  for (const { path, text, mode } of drafts) await writeOwnFile(path, text, mode);
}
