import { rm } from "node:fs/promises";
import { printFields, printJson } from "@/lib/cli/terminal/output";
import { ask } from "@/lib/cli/terminal/prompt";
import { flush, isInteractive, print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { writeEnvironment } from "@/lib/clients/snippets/aws";
import { connectionOf } from "@/lib/clients/rules";
import type { Card } from "@/lib/access-keys/schema";
import { Failure } from "@/lib/cli/failure";
import { inspectFile, writePrivateFile } from "@/lib/cli/profiles/private-file";
import type { Issued } from "@/lib/cli/portal/replies";
import type { Format } from "@/lib/cli/terminal/output";

export interface SecretOptions {
  output?: Format;
  /** A new file for the pair. */
  secretFile?: string;
  showSecret?: boolean;
}

/**
 * Decides where the secret goes before it is made, because it is shown once: into a new file, into a pipe, or on the
 * screen when the person wants that. Throws when none of these holds.
 */
export async function decideSecretOutput(
  terminal: Terminal,
  { secretFile, showSecret }: SecretOptions,
): Promise<"file" | "output"> {
  if (secretFile !== undefined) {
    await assertWritable(secretFile);
    return "file";
  }
  if (!terminal.output.isTTY || showSecret) return "output";
  const choices = "Add --show-secret to see it here, --secret-file FILE to keep it, or pipe the output";
  if (!isInteractive(terminal)) throw new Failure("usage", `The secret key is shown once. ${choices}.`);
  const typed = await ask(terminal, "The secret key is shown once. Show it on this screen? Type yes: ");
  if (typed.trim().toLowerCase() === "yes") return "output";
  throw new Failure("unconfirmed", `Nothing was changed. ${choices}.`);
}

/** Throws unless a new file can be made there. Only writing one proves it. */
async function assertWritable(path: string): Promise<void> {
  if (/(^|\/)\.{0,2}$/.test(path)) throw new Failure("usage", "Name a new file for the secret. Nothing was changed.");
  if (await inspectFile(path)) throw new Failure("usage", `${path} exists. Name a new file; nothing was changed.`);
  await writePrivateFile(path, "");
  await rm(path);
}

/** Gives the new pair to where `decideSecretOutput` said. */
export async function deliverSecret(
  terminal: Terminal,
  card: Card,
  issued: Issued,
  { output = "table", secretFile }: SecretOptions,
): Promise<void> {
  const lost = `The key ${issued.accessKeyId} was made, and its secret could not be kept. Regenerate the key.`;
  if (secretFile === undefined) {
    printIssued(terminal, card, issued, output);
    return flush(terminal).catch((cause: unknown) => {
      throw new Failure("unexpected", lost, { cause });
    });
  }
  const text = output === "json" ? `${JSON.stringify(issued, null, 2)}\n` : composeEnvironment(card, issued);
  await writePrivateFile(secretFile, text).catch((error: unknown) => {
    tell(terminal, lost);
    throw error;
  });
  const { secretKey: _secret, ...shown } = issued;
  if (output === "json") return printJson(terminal, { ...shown, secretFile });
  print(terminal, `The key ${issued.accessKeyId} and its secret are in ${secretFile}.`);
}

function printIssued(terminal: Terminal, card: Card, issued: Issued, output: Format): void {
  if (output === "json") return printJson(terminal, issued);
  if (output === "env") return void terminal.output.write(composeEnvironment(card, issued));
  printFields(terminal, {
    "Access key ID": issued.accessKeyId,
    "Secret access key": issued.secretKey,
    Endpoint: issued.endpoint,
    Region: issued.region,
    "Signing region": issued.signingRegion,
    Access: issued.access,
    Name: issued.name,
    Expires: issued.expirationDate ?? "never",
  });
}

/** The variables that AWS tools and SDKs read. */
function composeEnvironment({ region }: Card, { name, access, accessKeyId, secretKey }: Issued): string {
  return writeEnvironment(connectionOf({ region, name, access }, { accessKeyId, secretAccessKey: secretKey }));
}
