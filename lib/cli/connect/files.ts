import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readSection, replaceSections } from "@/lib/cli/connect/ini";
import { findAlias, replaceAlias } from "@/lib/cli/connect/mc-config";
import { findPair, replacePair } from "@/lib/cli/connect/s3fs-file";
import { Failure } from "@/lib/cli/failure";
import type { Terminal } from "@/lib/cli/terminal/terminal";
import type { ClientName, Connection } from "@/lib/clients/rules";
import { writeAwsConfig, writeAwsCredentials } from "@/lib/clients/snippets/aws";
import { nameAlias, writeMcAlias, writeRclone, writeS3cmd, writeS3fs } from "@/lib/clients/snippets/command-line";

/** The clients whose configuration is a file that this program can write. The others are programs of a person. */
export const WRITTEN = ["aws", "s3cmd", "rclone", "mc", "s3fs"] as const satisfies ClientName[];
export type WrittenClient = (typeof WRITTEN)[number];

export const isWritten = (client: ClientName): client is WrittenClient => WRITTEN.some((name) => name === client);

/** What is written into one file. */
export interface PlannedFile {
  path: string;
  /** What the place in the file is called: a section, an alias. */
  place: string;
  /** Whether the secret key stands in it. */
  secret: boolean;
  /** What stands there now, under the same name. Throws when the text is not a file of the client. */
  find: (text: string) => { accessKeyId?: string | undefined } | undefined;
  /** The text with the connection in it; everything else stays as it is. Throws like `find`. */
  merge: (text: string, connection: Connection) => string;
}

type Env = Terminal["env"];

const homeOf = (env: Env): string => env.HOME || homedir();

/** A path from the environment, where `~` is the folder of the person, or else a place in that folder. */
function pathFrom(env: Env, given: string | undefined, ...place: string[]): string {
  if (!given) return join(homeOf(env), ...place);
  return given.startsWith("~/") ? join(homeOf(env), given.slice(2)) : given;
}

/** The two files of the AWS tools. */
export const awsPaths = (env: Env) => ({
  config: pathFrom(env, env.AWS_CONFIG_FILE, ".aws", "config"),
  credentials: pathFrom(env, env.AWS_SHARED_CREDENTIALS_FILE, ".aws", "credentials"),
});

/** The AWS tools read [profile north] and [profile "north"] as one, and [default] and [profile default]. */
function nameAwsSection(header: string): string {
  const words = header.replaceAll(/["']/g, "").trim().replaceAll(/\s+/g, " ");
  return words === "default" ? "profile default" : words;
}

/** A section of the file `config` of the AWS tools, such as `profile north` or `services north`. */
export const readAwsConfig = (text: string, section: string): Record<string, string> | undefined =>
  readSection(text, section, nameAwsSection);

interface Wish {
  profile: string;
  env: Env;
  /** See `writeAwsConfig`. */
  credentialProcess?: string | undefined;
}

/** The files of a client, in the order in which they are written. */
export function planFiles(client: WrittenClient, wish: Wish): [PlannedFile, ...PlannedFile[]] {
  return PLANS[client](wish);
}

const PLANS: Record<WrittenClient, (wish: Wish) => [PlannedFile, ...PlannedFile[]]> = {
  aws: ({ profile, env, credentialProcess }) => {
    const config: PlannedFile = {
      path: awsPaths(env).config,
      place: `sections [${profile === "default" ? "" : "profile "}${profile}] and [services ${profile}]`,
      secret: false,
      // Another profile may take its endpoint from the same section of services.
      find: (text) =>
        found(readAwsConfig(text, `profile ${profile}`), "aws_access_key_id") ??
        (readAwsConfig(text, `services ${profile}`) && {}),
      merge: (text, connection) => replaceSections(text, writeAwsConfig(connection, credentialProcess), nameAwsSection),
    };
    return credentialProcess === undefined ? [config, planCredentials(profile, env)] : [config];
  },
  s3cmd: ({ profile, env }) => [
    {
      path: join(homeOf(env), `.s3cfg-${profile}`),
      place: "section [default]",
      secret: true,
      find: (text) => found(readSection(text, "default"), "access_key"),
      merge: (text, connection) => replaceSections(text, writeS3cmd(connection)),
    },
  ],
  rclone: ({ profile, env }) => {
    const path = rclonePath(env);
    const file: PlannedFile = {
      path,
      place: `section [${profile}]`,
      secret: true,
      find: (text) => found(readSection(refuseEncrypted(path, text), profile), "access_key_id"),
      merge: (text, connection) => replaceSections(refuseEncrypted(path, text), writeRclone(connection)),
    };
    return [file];
  },
  mc: ({ profile, env }) => {
    const alias = nameAlias(profile);
    const path = join(pathFrom(env, env.MC_CONFIG_DIR, ".mc"), "config.json");
    const file: PlannedFile = {
      path,
      place: `alias ${alias}`,
      secret: true,
      find: (text) => findAlias(path, text, alias),
      merge: (text, connection) => replaceAlias(path, text, alias, writeMcAlias(connection)),
    };
    return [file];
  },
  s3fs: ({ profile, env }) => [
    {
      path: join(homeOf(env), `.passwd-s3fs-${profile}`),
      place: "the pair for every bucket",
      secret: true,
      find: findPair,
      merge: (text, connection) => replacePair(text, writeS3fs(connection)),
    },
  ],
};

const found = (section: Record<string, string> | undefined, name: string) => section && { accessKeyId: section[name] };

const planCredentials = (profile: string, env: Env): PlannedFile => ({
  path: awsPaths(env).credentials,
  place: `section [${profile}]`,
  secret: true,
  find: (text) => found(readSection(text, profile), "aws_access_key_id"),
  merge: (text, connection) => replaceSections(text, writeAwsCredentials(connection)),
});

/** Where rclone reads: the first of these files that exists, and the first of all when none does. */
function rclonePath(env: Env): string {
  if (env.RCLONE_CONFIG) return pathFrom(env, env.RCLONE_CONFIG);
  const places = [
    ...(env.XDG_CONFIG_HOME ? [join(env.XDG_CONFIG_HOME, "rclone", "rclone.conf")] : []),
    join(homeOf(env), ".config", "rclone", "rclone.conf"),
    join(homeOf(env), ".rclone.conf"),
  ];
  return places.find((place) => existsSync(place)) ?? places[0] ?? "";
}

function refuseEncrypted(path: string, text: string): string {
  if (!/^(# Encrypted rclone configuration File|RCLONE_ENCRYPT_V\d+:)/m.test(text)) return text;
  throw new Failure(
    "usage",
    `${path} is encrypted. Print the remote with --print and enter it with rclone config. Nothing was changed.`,
  );
}
