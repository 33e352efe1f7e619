/** A pair with all that a client needs to use it. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** With scheme, perhaps with a port: `http://127.0.0.1:9000`. */
  endpoint: string;
  /** The portal's name of the region; also the name of profiles and remotes. */
  region: string;
  /** What requests are signed for. */
  signingRegion: string;
}

export interface CredentialFile {
  /** As it stands in the menu. */
  label: string;
  name: (credentials: Credentials) => string;
  type: string;
  write: (credentials: Credentials) => string;
}

const lines = (...all: string[]) => `${all.join("\n")}\n`;

/** RFC 4180: quoted where a comma, a quote or a line break stands in it, lines ended by CRLF. */
const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvRow = (cells: string[]) => `${cells.map(csvCell).join(",")}\r\n`;

function writeCsv(pair: Credentials): string {
  return (
    csvRow(["Access key ID", "Secret access key", "Endpoint URL", "Region", "Signing region"]) +
    csvRow([pair.accessKeyId, pair.secretAccessKey, pair.endpoint, pair.region, pair.signingRegion])
  );
}

/** One file for credentials and settings: `region` and `endpoint_url` are read from it as from the config file. */
function writeAws(pair: Credentials): string {
  return lines(
    `[${pair.region}]`,
    `aws_access_key_id = ${pair.accessKeyId}`,
    `aws_secret_access_key = ${pair.secretAccessKey}`,
    `region = ${pair.signingRegion}`,
    `endpoint_url = ${pair.endpoint}`,
  );
}

function writeEnv(pair: Credentials): string {
  return lines(
    `AWS_ACCESS_KEY_ID=${pair.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${pair.secretAccessKey}`,
    `AWS_REGION=${pair.signingRegion}`,
    `AWS_DEFAULT_REGION=${pair.signingRegion}`,
    `AWS_ENDPOINT_URL_S3=${pair.endpoint}`,
  );
}

function writeRclone(pair: Credentials): string {
  return lines(
    `[${pair.region}]`,
    "type = s3",
    "provider = Other",
    "env_auth = false",
    `access_key_id = ${pair.accessKeyId}`,
    `secret_access_key = ${pair.secretAccessKey}`,
    `region = ${pair.signingRegion}`,
    `endpoint = ${pair.endpoint}`,
    "force_path_style = true",
  );
}

/** s3cmd takes host and port without the scheme; a `host_bucket` without %(bucket)s makes it use path style. */
function writeS3cmd(pair: Credentials): string {
  const { host, protocol } = new URL(pair.endpoint);
  return lines(
    "[default]",
    `access_key = ${pair.accessKeyId}`,
    `secret_key = ${pair.secretAccessKey}`,
    `host_base = ${host}`,
    `host_bucket = ${host}`,
    `bucket_location = ${pair.signingRegion}`,
    `use_https = ${protocol === "https:" ? "True" : "False"}`,
    "signature_v2 = False",
  );
}

function writeJson(pair: Credentials): string {
  const { accessKeyId, secretAccessKey, endpoint, region, signingRegion } = pair;
  return `${JSON.stringify({ accessKeyId, secretAccessKey, endpoint, region, signingRegion }, null, 2)}\n`;
}

/** The files a pair can be taken away in, in the order of the menu. As text, a name without ending would get one. */
export const CREDENTIAL_FILES: readonly CredentialFile[] = [
  { label: ".csv", name: ({ region }) => `${region}-credentials.csv`, type: "text/csv", write: writeCsv },
  { label: "AWS credentials file", name: () => "credentials", type: "application/octet-stream", write: writeAws },
  { label: ".env", name: ({ region }) => `${region}.env`, type: "text/plain", write: writeEnv },
  { label: "rclone.conf", name: () => "rclone.conf", type: "text/plain", write: writeRclone },
  { label: ".s3cfg", name: ({ region }) => `${region}.s3cfg`, type: "text/plain", write: writeS3cmd },
  { label: "JSON", name: ({ region }) => `${region}-credentials.json`, type: "application/json", write: writeJson },
];
