import { type Connection, type Guide, lines, secretOf, shellWord } from "@/lib/clients/snippets/snippet";

/** The section of `~/.aws/credentials`. */
export function writeAwsCredentials(connection: Connection): string {
  return lines(
    `[${connection.profile}]`,
    `aws_access_key_id = ${connection.accessKeyId}`,
    `aws_secret_access_key = ${secretOf(connection)}`,
  );
}

/**
 * The sections of `~/.aws/config`. Only the S3 service gets the endpoint: others of the same profile keep theirs. With
 * `credentialProcess` the profile takes its keys from a program, see `writeCredentialProcess`.
 */
export function writeAwsConfig(
  { profile, endpoint, signingRegion, plainUploads }: Connection,
  credentialProcess?: string,
): string {
  return lines(
    profile === "default" ? "[default]" : `[profile ${profile}]`,
    credentialProcess !== undefined && `credential_process = ${credentialProcess}`,
    `region = ${signingRegion}`,
    `services = ${profile}`,
    "s3 =",
    "  addressing_style = path",
    plainUploads && "request_checksum_calculation = when_required",
    plainUploads && "response_checksum_validation = when_required",
    "",
    `[services ${profile}]`,
    "s3 =",
    `  endpoint_url = ${endpoint}`,
  );
}

/** Which short-lived keys a profile takes. */
export interface ShortLived {
  project: string;
  region: string;
  /** The profile of the latchkey command; left out where the token comes from the environment. */
  profile?: string | undefined;
  /** How long a key is valid; left out, the command decides. */
  hours?: number | undefined;
}

/** The program that gives the AWS tools a short-lived key, as `credential_process` names it. */
export function writeCredentialProcess({ project, region, profile, hours }: ShortLived): string {
  const args = Object.entries({ project, region, profile, hours }).filter(([, value]) => value !== undefined);
  return ["latchkey credentials", ...args.map(([name, value]) => `--${name} ${quoteWord(String(value))}`)].join(" ");
}

/** No shell reads the line. An argument with a space stands in double quotes, as the manual of the AWS CLI says. */
const quoteWord = (text: string): string =>
  /^[A-Za-z0-9_./:@-]+$/.test(text) ? text : `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;

/** One file with all that the AWS tools read from `credentials`; from version 2.13 on they read `endpoint_url` too. */
export function writeAwsFile(connection: Connection): string {
  const { signingRegion, endpoint, plainUploads } = connection;
  return (
    writeAwsCredentials(connection) +
    lines(
      `region = ${signingRegion}`,
      `endpoint_url = ${endpoint}`,
      plainUploads && "request_checksum_calculation = when_required",
      plainUploads && "response_checksum_validation = when_required",
    )
  );
}

/** The variables that AWS tools and SDKs read. */
export function writeEnvironment(connection: Connection): string {
  const { accessKeyId, signingRegion, endpoint, plainUploads } = connection;
  return lines(
    `AWS_ACCESS_KEY_ID=${accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${secretOf(connection)}`,
    `AWS_REGION=${signingRegion}`,
    `AWS_DEFAULT_REGION=${signingRegion}`,
    `AWS_ENDPOINT_URL_S3=${endpoint}`,
    plainUploads && "AWS_REQUEST_CHECKSUM_CALCULATION=when_required",
    plainUploads && "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required",
  );
}

/** The AWS CLI: a profile in its two files. */
export function guideAws(connection: Connection): Guide {
  const { profile, endpoint, readOnly } = connection;
  return {
    label: "AWS CLI",
    snippets: [
      {
        title: "Credentials",
        kind: "file",
        path: "~/.aws/credentials",
        text: writeAwsCredentials(connection),
      },
      { title: "Profile", kind: "file", path: "~/.aws/config", text: writeAwsConfig(connection) },
      {
        title: "With every version",
        kind: "commands",
        text: lines(
          !readOnly && `aws --profile ${profile} --endpoint-url ${shellWord(endpoint)} s3 mb s3://my-bucket`,
          `aws --profile ${profile} --endpoint-url ${shellWord(endpoint)} s3 ls`,
        ),
      },
      { title: "With version 2.13 and later", kind: "commands", text: lines(`aws --profile ${profile} s3 ls`) },
    ],
    notes: [
      "Version 2.13 and later reads the endpoint from the profile, and from the variables AWS_ENDPOINT_URL_S3 and AWS_ENDPOINT_URL. Older versions, such as Debian 12's 2.9, need --endpoint-url.",
      "AWS_ENDPOINT_URL sends every AWS service there, not only S3.",
    ],
  };
}
