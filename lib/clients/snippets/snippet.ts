/** A key and where it is used: what the configuration of a client is made from. */
export interface Connection {
  /** The portal's name for the region. */
  region: string;
  /** What profiles and remotes are called: the region's name, and for a named key its name too. */
  profile: string;
  /** Whether the key can only list and read. */
  readOnly: boolean;
  /** With scheme, and with the port where it is needed: `http://127.0.0.1:9000`. */
  endpoint: string;
  /** The region that requests are signed for. */
  signingRegion: string;
  accessKeyId: string;
  /** Left out where nobody may see it: a placeholder stands in its place. */
  secretAccessKey?: string | undefined;
  /** Whether the storage system fails at the checksums that SDKs send since 2025, so that clients must leave them out. */
  plainUploads: boolean;
}

/** A piece of text that a person copies: a file, commands for a shell, or a program. */
export interface Snippet {
  title: string;
  kind: "file" | "commands" | "program";
  /** Where the file belongs. A file with a secret is to be readable by its owner only. */
  path?: string;
  text: string;
}

/** How one client is connected. */
export interface Guide {
  label: string;
  snippets: Snippet[];
  /** Sentences about versions and traps. */
  notes: string[];
}

/** What stands in place of the secret key where nobody may see it. */
export const SECRET_PLACEHOLDER = "YOUR_SECRET_KEY";

export const secretOf = ({ secretAccessKey }: Connection): string => secretAccessKey ?? SECRET_PLACEHOLDER;

/** Lines with an end after the last one, as files have it. */
export const lines = (...all: (string | false)[]): string => `${all.filter((line) => line !== false).join("\n")}\n`;

/** A value as one word of a POSIX shell. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A value as a string of HCL, in which `${` and `%{` begin a template. */
export function hclString(text: string): string {
  const escaped = text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll(/[$%](?=\{)/g, "$&$&");
  return `"${escaped}"`;
}

/** A value as a string of JavaScript and of Python. */
export const stringLiteral = (text: string): string => JSON.stringify(text);
