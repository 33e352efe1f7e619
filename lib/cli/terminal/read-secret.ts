import { Failure } from "@/lib/cli/failure";
import { askSecretly, readPiped } from "@/lib/cli/terminal/prompt";
import { isInteractive, type Terminal } from "@/lib/cli/terminal/terminal";

/** The secret of a key, typed without being shown or piped in. Throws for what is no secret. */
export async function readSecret(terminal: Terminal, accessKeyId: string): Promise<string> {
  const secret = isInteractive(terminal)
    ? await askSecretly(terminal, `Secret access key of ${accessKeyId}: `)
    : await readPiped(terminal);
  if (/^[\x21-\x7e]+$/.test(secret)) return secret;
  throw new Failure("usage", "A secret access key has no spaces and no other signs than ASCII. Nothing was changed.");
}
