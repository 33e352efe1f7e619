import { readHours } from "@/lib/cli/commands/dates";
import { awsPaths } from "@/lib/cli/connect/files";
import { readSection } from "@/lib/cli/connect/ini";
import type { Context, Place } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { readAnyFile } from "@/lib/cli/profiles/private-file";
import { nameOfProfile } from "@/lib/cli/profiles/profiles";
import { type Connection, connectionOf } from "@/lib/clients/rules";
import { writeAwsConfig, writeCredentialProcess } from "@/lib/clients/snippets/aws";
import type { Snippet } from "@/lib/clients/snippets/snippet";

interface ShortLivedPlan {
  connection: Connection;
  credentialProcess: string;
  snippet: Snippet;
  /** Throws when the profile has a key of its own, which the AWS tools would use instead. */
  refuseStanding: () => Promise<void>;
}

/** How the AWS tools take short-lived keys from this command. Throws for hours that the command does not take. */
export function planShortLived(
  { terminal, options }: Context,
  { card, project }: Place,
  { profileName, hours }: { profileName?: string; hours?: string },
): ShortLivedPlan {
  const { env } = terminal;
  // The key is made when it is needed, so there is none to name.
  const made = connectionOf({ region: card.region, name: null, access: "full" }, { accessKeyId: "" });
  const connection = { ...made, profile: profileName ?? made.profile };
  const fromEnvironment = options.profile === undefined && Boolean(env.LATCHKEY_TOKEN);
  const credentialProcess = writeCredentialProcess({
    project,
    region: card.region.name,
    profile: fromEnvironment ? undefined : nameOfProfile(terminal, options.profile),
    hours: hours === undefined ? undefined : readHours(hours),
  });
  return {
    connection,
    credentialProcess,
    snippet: {
      title: "Profile",
      kind: "file",
      path: "~/.aws/config",
      text: writeAwsConfig(connection, credentialProcess),
    },
    async refuseStanding() {
      const path = awsPaths(env).credentials;
      if (!readSection(await readAnyFile(path), connection.profile)) return;
      throw new Failure(
        "refused",
        `${path} has a section [${connection.profile}], and the AWS tools would use its key. ` +
          "Remove it, or add --profile-name NAME. Nothing was changed.",
      );
    },
  };
}
