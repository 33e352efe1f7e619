import { guideAws, writeAwsFile, writeEnvironment } from "@/lib/clients/snippets/aws";
import {
  guideMc,
  guideRclone,
  guideRestic,
  guideS3cmd,
  guideS3fs,
  writeRclone,
  writeS3cmd,
} from "@/lib/clients/snippets/command-line";
import { guideBoto3, guideJavaScript, guideTerraform } from "@/lib/clients/snippets/program";
import { type Connection, type Guide, SECRET_PLACEHOLDER } from "@/lib/clients/snippets/snippet";

export { type Connection, SECRET_PLACEHOLDER };

/** The clients that the portal knows, in the order of the tabs. */
const GUIDES = {
  aws: guideAws,
  s3cmd: guideS3cmd,
  rclone: guideRclone,
  mc: guideMc,
  boto3: guideBoto3,
  javascript: guideJavaScript,
  terraform: guideTerraform,
  restic: guideRestic,
  s3fs: guideS3fs,
} as const satisfies Record<string, (connection: Connection) => Guide>;

export type ClientName = keyof typeof GUIDES;

export const CLIENT_NAMES = Object.keys(GUIDES) as ClientName[];

/** How a client is connected with a key: the one source for the page, the downloads, the API and the command line. */
export function guideClient(name: ClientName, connection: Connection): Guide {
  return GUIDES[name](connection);
}

/** A key and what it may do, as a card has it. */
export interface CardOfKey {
  region: Pick<Connection, "endpoint" | "signingRegion" | "plainUploads"> & { name: string };
  /** Null for the key of the card. */
  name: string | null;
  access: "full" | "read-only";
}

/** What the configuration of a client is made from, for a key of a card. The secret only where it is at hand. */
export function connectionOf(
  { region, name, access }: CardOfKey,
  { accessKeyId, secretAccessKey }: Pick<Connection, "accessKeyId" | "secretAccessKey">,
): Connection {
  return {
    region: region.name,
    profile: nameProfile(region.name, name, accessKeyId),
    readOnly: access === "read-only",
    endpoint: region.endpoint,
    signingRegion: region.signingRegion,
    plainUploads: region.plainUploads,
    accessKeyId,
    secretAccessKey,
  };
}

/** What the profile of a key is called: letters, digits and hyphens, which every client takes. */
export function nameProfile(region: string, name: string | null, accessKeyId: string): string {
  if (name === null) return region;
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
  return `${region}-${plain || accessKeyId.slice(-4).toLowerCase()}`;
}

/** Where such a key works. `brand`: what the operator calls the cloud. */
export const describeValidity = (brand: string): string => `These keys are for ${brand} only. They never work at AWS.`;

/** A connection with its secret key, which a file to download must have. */
export type Credentials = Connection & { secretAccessKey: string };

export interface CredentialFile {
  /** The text in the menu. */
  label: string;
  name: (credentials: Credentials) => string;
  type: string;
  write: (credentials: Credentials) => string;
}

/** RFC 4180: a cell with a comma, a quote or a line break is quoted, and a line ends with CRLF. */
const csvCell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvRow = (cells: string[]) => `${cells.map(csvCell).join(",")}\r\n`;

function writeCsv({ accessKeyId, secretAccessKey, endpoint, region, signingRegion }: Credentials): string {
  return (
    csvRow(["Access key ID", "Secret access key", "Endpoint URL", "Region", "Signing region"]) +
    csvRow([accessKeyId, secretAccessKey, endpoint, region, signingRegion])
  );
}

function writeJson({ accessKeyId, secretAccessKey, endpoint, region, signingRegion }: Credentials): string {
  return `${JSON.stringify({ accessKeyId, secretAccessKey, endpoint, region, signingRegion }, null, 2)}\n`;
}

/**
 * The files that can be downloaded, in the order of the menu. The AWS file is not `text/plain`, because browsers would
 * add an ending to its name.
 */
export const CREDENTIAL_FILES: readonly CredentialFile[] = [
  { label: ".csv", name: ({ region }) => `${region}-credentials.csv`, type: "text/csv", write: writeCsv },
  { label: "AWS credentials file", name: () => "credentials", type: "application/octet-stream", write: writeAwsFile },
  { label: ".env", name: ({ region }) => `${region}.env`, type: "text/plain", write: writeEnvironment },
  { label: "rclone.conf", name: () => "rclone.conf", type: "text/plain", write: writeRclone },
  { label: ".s3cfg", name: ({ region }) => `${region}.s3cfg`, type: "text/plain", write: writeS3cmd },
  { label: "JSON", name: ({ region }) => `${region}-credentials.json`, type: "application/json", write: writeJson },
];
