/** An access key with everything that a client needs to use it. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** With scheme, and with the port where it is needed: `http://127.0.0.1:9000`. */
  endpoint: string;
  /** The portal's name for the region. Profiles and remotes get this name too. */
  region: string;
  /** The region that requests are signed for. */
  signingRegion: string;
}

export interface CredentialFile {
  /** The text in the menu. */
  label: string;
  name: (credentials: Credentials) => string;
  type: string;
  write: (credentials: Credentials) => string;
}

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** RFC 4180: a cell with a comma, a quote or a line break is quoted, and a line ends with CRLF. */
const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvRow = (cells: string[]) => `${cells.map(csvCell).join(",")}\r\n`;

function writeCsv(credentials: Credentials): string {
  return (
    csvRow(["Access key ID", "Secret access key", "Endpoint URL", "Region", "Signing region"]) +
    csvRow([
      credentials.accessKeyId,
      credentials.secretAccessKey,
      credentials.endpoint,
      credentials.region,
      credentials.signingRegion,
    ])
  );
}

/** One file for credentials and settings: the AWS tools read `region` and `endpoint_url` from here too. */
function writeAws(credentials: Credentials): string {
  return lines(
    `[${credentials.region}]`,
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `region = ${credentials.signingRegion}`,
    `endpoint_url = ${credentials.endpoint}`,
  );
}

function writeEnv(credentials: Credentials): string {
  return lines(
    `AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`,
    `AWS_REGION=${credentials.signingRegion}`,
    `AWS_DEFAULT_REGION=${credentials.signingRegion}`,
    `AWS_ENDPOINT_URL_S3=${credentials.endpoint}`,
  );
}

function writeRclone(credentials: Credentials): string {
  return lines(
    `[${credentials.region}]`,
    "type = s3",
    "provider = Other",
    "env_auth = false",
    `access_key_id = ${credentials.accessKeyId}`,
    `secret_access_key = ${credentials.secretAccessKey}`,
    `region = ${credentials.signingRegion}`,
    `endpoint = ${credentials.endpoint}`,
    "force_path_style = true",
  );
}

/** s3cmd wants host and port without the scheme. It uses path style when `host_bucket` has no %(bucket)s. */
function writeS3cmd(credentials: Credentials): string {
  const { host, protocol } = new URL(credentials.endpoint);
  return lines(
    "[default]",
    `access_key = ${credentials.accessKeyId}`,
    `secret_key = ${credentials.secretAccessKey}`,
    `host_base = ${host}`,
    `host_bucket = ${host}`,
    `bucket_location = ${credentials.signingRegion}`,
    `use_https = ${protocol === "https:" ? "True" : "False"}`,
    "signature_v2 = False",
  );
}

function writeJson(credentials: Credentials): string {
  const { accessKeyId, secretAccessKey, endpoint, region, signingRegion } = credentials;
  return `${JSON.stringify({ accessKeyId, secretAccessKey, endpoint, region, signingRegion }, null, 2)}\n`;
}

/**
 * The files that can be downloaded, in the order of the menu. The AWS file is not `text/plain`, because browsers would
 * add an ending to its name.
 */
export const CREDENTIAL_FILES: readonly CredentialFile[] = [
  { label: ".csv", name: ({ region }) => `${region}-credentials.csv`, type: "text/csv", write: writeCsv },
  { label: "AWS credentials file", name: () => "credentials", type: "application/octet-stream", write: writeAws },
  { label: ".env", name: ({ region }) => `${region}.env`, type: "text/plain", write: writeEnv },
  { label: "rclone.conf", name: () => "rclone.conf", type: "text/plain", write: writeRclone },
  { label: ".s3cfg", name: ({ region }) => `${region}.s3cfg`, type: "text/plain", write: writeS3cmd },
  { label: "JSON", name: ({ region }) => `${region}-credentials.json`, type: "application/json", write: writeJson },
];
