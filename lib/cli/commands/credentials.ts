import { Command, Option } from "commander";
import { HOURS_MAX, readHours } from "@/lib/cli/commands/dates";
import { endKeys } from "@/lib/cli/credentials/end-keys";
import { cachePath, type KeyWish, ownerOf, type ShortLivedKey } from "@/lib/cli/credentials/key-cache";
import { provideKey } from "@/lib/cli/credentials/provide-key";
import { openRuntimeFolder } from "@/lib/cli/credentials/runtime-folder";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { flush, print, tell, type Terminal } from "@/lib/cli/terminal/terminal";
import { connectionOf } from "@/lib/clients/rules";
import { writeEnvironment } from "@/lib/clients/snippets/aws";

interface CredentialsOptions extends GlobalOptions {
  hours: string;
  access: KeyWish["access"];
  forget?: boolean;
  showSecret?: boolean;
}

/** Gives the AWS tools and SDKs a key that lasts for hours, as their `credential_process`. */
export function credentialsCommand(terminal: Terminal): Command {
  return new Command("credentials")
    .description("gives the AWS tools and SDKs a key that lasts for hours, as their credential_process")
    .option("--hours <count>", `how long a new key lasts, 1 to ${HOURS_MAX}`, "8")
    .addOption(new Option("--access <level>", "what a new key may do").choices(["full", "read-only"]).default("full"))
    .option("--show-secret", "show the secret key on the screen")
    .option("--forget", "end the keys that this command made here, of the project and region if you name them")
    .action(async (_options: unknown, own: Command) => {
      const options = own.optsWithGlobals<CredentialsOptions>();
      if (options.forget) return forgetKeys(await openContext(terminal, options));
      const hours = readHours(options.hours);
      if (terminal.output.isTTY && !options.showSecret)
        throw new Failure(
          "usage",
          "The answer has a secret key and is for programs. Add --show-secret to see it here.",
        );
      const context = await openContext(terminal, options);
      const wish = { ...readPlace(context), hours, access: options.access };
      const owner = ownerOf(context.profile);
      const path = cachePath(await openRuntimeFolder(terminal), owner, wish);
      printKey(terminal, await provideKey(context, { ...wish, path, owner }), options);
      await flush(terminal);
    });
}

/** The portal is not asked which project is the only one: the kept key is found without it. */
function readPlace({ terminal, options, profile }: Context): Pick<KeyWish, "project" | "region"> {
  const project = options.project ?? (terminal.env.LATCHKEY_PROJECT || profile.project);
  const region = options.region ?? (terminal.env.LATCHKEY_REGION || profile.region);
  if (project && region) return { project, region };
  throw new Failure("usage", "Name the project and the region: latchkey credentials --project NAME --region NAME");
}

function printKey(terminal: Terminal, key: ShortLivedKey, { output }: GlobalOptions): void {
  const { accessKeyId, secretAccessKey, expirationDate } = key;
  if (output === "env") {
    terminal.output.write(writeEnvironment(connectionOf(key, { accessKeyId, secretAccessKey })));
    return;
  }
  const answer = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    Expiration: expirationDate,
  };
  print(terminal, JSON.stringify(answer));
}

async function forgetKeys(context: Context): Promise<void> {
  const { terminal, options } = context;
  const ended = await endKeys(context, options);
  if (ended.length === 0) return tell(terminal, "No key of this command works here.");
  tell(terminal, `The end of ${ended.join(" and ")} is decided. To see the receipts: latchkey keys show ID`);
}
