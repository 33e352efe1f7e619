import { readSection } from "@/lib/cli/connect/ini";
import { awsPaths, readAwsConfig } from "@/lib/cli/connect/files";
import { describeError, failed, type Finding, skipped } from "@/lib/cli/doctor/finding";
import { readAnyFile } from "@/lib/cli/profiles/private-file";
import { readSecret } from "@/lib/cli/terminal/read-secret";
import type { Terminal } from "@/lib/cli/terminal/terminal";

export interface CredentialOptions {
  awsProfile?: string;
  secretStdin?: boolean;
  accessKey?: string;
}

/** A key as a client has it, with what the client would send it to. */
export interface FoundCredentials {
  /** Where it was found, as the subject of a sentence. */
  where: string;
  accessKeyId: string;
  secretAccessKey: string;
  signingRegion?: string | undefined;
  endpoint?: string | undefined;
  /** Whether a client reads region and endpoint there too. */
  hasSettings: boolean;
}

const CHECK = "credentials";
const WAYS =
  "Name a key with --aws-profile NAME, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or with --secret-stdin";

/**
 * The key that is tried: of a profile of the AWS tools, of the environment, or with a secret from standard input. Gives
 * a finding where there is none. `current`: the key that the portal has.
 */
export async function findCredentials(
  terminal: Terminal,
  { awsProfile, secretStdin, accessKey }: CredentialOptions,
  current: string | undefined,
): Promise<FoundCredentials | Finding> {
  const { env } = terminal;
  if (awsProfile !== undefined)
    return readAwsProfile(terminal, awsProfile).catch((error: unknown) => failed(CHECK, describeError(error)));
  if (secretStdin) {
    const accessKeyId = accessKey ?? current;
    if (accessKeyId === undefined)
      return failed(CHECK, "The portal names no current key. Name the key of the secret: --access-key ID");
    const secretAccessKey = await readSecret(terminal, accessKeyId);
    return { where: "Standard input", accessKeyId, secretAccessKey, hasSettings: false };
  }
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (!accessKeyId && !secretAccessKey) return skipped(CHECK, `No key to try. ${WAYS}.`);
  if (!accessKeyId || !secretAccessKey)
    return failed(CHECK, "Only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set. Set both.");
  if (env.AWS_SESSION_TOKEN)
    return failed(CHECK, "AWS_SESSION_TOKEN is set, and clients send it. Keys of Latchkey have none: unset it.");
  return {
    where: "The environment",
    accessKeyId,
    secretAccessKey,
    signingRegion: env.AWS_REGION || env.AWS_DEFAULT_REGION,
    endpoint: env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL,
    hasSettings: true,
  };
}

/** The profile, as the AWS tools put it together from their two files. */
async function readAwsProfile({ env }: Terminal, name: string): Promise<FoundCredentials | Finding> {
  const paths = awsPaths(env);
  const configText = await readAnyFile(paths.config);
  const config = readAwsConfig(configText, `profile ${name}`);
  const credentials = readSection(await readAnyFile(paths.credentials), name);
  if (!config && !credentials)
    return failed(
      CHECK,
      `There is no profile ${name} in ${paths.credentials} or ${paths.config}. Write it: latchkey connect aws`,
    );
  // A key in the file credentials comes before a program, and a program before a key in the file config.
  const pair = credentials?.aws_access_key_id || config?.credential_process ? credentials : config;
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = pair ?? {};
  if (config?.credential_process && !accessKeyId)
    return skipped(CHECK, `The profile ${name} takes its keys from a program, which is not run here: ${WAYS}.`);
  if (!accessKeyId || !secretAccessKey)
    return failed(CHECK, `The profile ${name} has no access key or no secret. Write it again: latchkey connect aws`);
  if (pair?.aws_session_token)
    return failed(CHECK, `The profile ${name} has aws_session_token. Keys of Latchkey have none: remove the line.`);
  const services =
    config?.services === undefined ? undefined : readAwsConfig(configText, `services ${config.services}`);
  return {
    where: `The profile ${name}`,
    accessKeyId,
    secretAccessKey,
    signingRegion: credentials?.region ?? config?.region,
    endpoint: services?.["s3.endpoint_url"] ?? config?.endpoint_url ?? credentials?.endpoint_url,
    hasSettings: true,
  };
}
