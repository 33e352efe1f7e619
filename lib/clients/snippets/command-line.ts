import { type Connection, type Guide, lines, secretOf, shellWord } from "@/lib/clients/snippets/snippet";

/**
 * The configuration of s3cmd. It wants host and port without the scheme, and uses path style when `host_bucket` has no
 * %(bucket)s.
 */
export function writeS3cmd(connection: Connection): string {
  const { host, protocol } = new URL(connection.endpoint);
  return lines(
    "[default]",
    `access_key = ${connection.accessKeyId}`,
    `secret_key = ${secretOf(connection)}`,
    `host_base = ${host}`,
    `host_bucket = ${host}`,
    `bucket_location = ${connection.signingRegion}`,
    `use_https = ${protocol === "https:" ? "True" : "False"}`,
    "signature_v2 = False",
  );
}

export function guideS3cmd(connection: Connection): Guide {
  const { profile } = connection;
  const path = `~/.s3cfg-${profile}`;
  return {
    label: "s3cmd",
    snippets: [
      { title: "Configuration", kind: "file", path, text: writeS3cmd(connection) },
      {
        title: "Try it",
        kind: "commands",
        text: lines(!connection.readOnly && `s3cmd -c ${path} mb s3://my-bucket`, `s3cmd -c ${path} ls`),
      },
    ],
    notes: ["A file for each region: -c chooses it, and ~/.s3cfg stays as it is."],
  };
}

/** The section of `rclone.conf`. */
export function writeRclone(connection: Connection): string {
  return lines(
    `[${connection.profile}]`,
    "type = s3",
    "provider = Other",
    "env_auth = false",
    `access_key_id = ${connection.accessKeyId}`,
    `secret_access_key = ${secretOf(connection)}`,
    `region = ${connection.signingRegion}`,
    `endpoint = ${connection.endpoint}`,
    "force_path_style = true",
  );
}

export function guideRclone(connection: Connection): Guide {
  const { profile } = connection;
  return {
    label: "rclone",
    snippets: [
      { title: "Remote", kind: "file", path: "~/.config/rclone/rclone.conf", text: writeRclone(connection) },
      {
        title: "Try it",
        kind: "commands",
        text: lines(!connection.readOnly && `rclone mkdir ${profile}:my-bucket`, `rclone lsd ${profile}:`),
      },
    ],
    notes: ["A key that may not create buckets needs no_check_bucket = true in the remote."],
  };
}

/** mc wants an alias that begins with a letter. The name of a region may begin with a digit. */
export const nameAlias = (profile: string): string => (/^[a-z]/.test(profile) ? profile : `s3-${profile}`);

/** The alias in the file `config.json` of mc, as its command `mc alias set` writes it. */
export function writeMcAlias(
  connection: Connection,
): Record<"url" | "accessKey" | "secretKey" | "api" | "path", string> {
  const { endpoint: url, accessKeyId: accessKey } = connection;
  return { url, accessKey, secretKey: secretOf(connection), api: "S3v4", path: "on" };
}

export function guideMc(connection: Connection): Guide {
  const { endpoint, accessKeyId } = connection;
  const alias = nameAlias(connection.profile);
  const keys = `${shellWord(accessKeyId)} ${shellWord(secretOf(connection))}`;
  return {
    label: "mc",
    snippets: [
      {
        title: "Alias",
        kind: "commands",
        text: lines(
          `mc alias set ${alias} ${shellWord(endpoint)} ${keys} --api S3v4 --path on`,
          !connection.readOnly && `mc mb ${alias}/my-bucket`,
          `mc ls ${alias}`,
        ),
      },
    ],
    notes: [
      "The first command stands in the history of the shell, with the secret key. Leave both keys out, and mc asks for them.",
      "This is the MinIO client. Debian's package mc is another program.",
    ],
  };
}

/** restic encrypts with a password of its own, which the storage system never sees. */
export function guideRestic(connection: Connection): Guide {
  const { endpoint, accessKeyId, signingRegion } = connection;
  return {
    label: "restic",
    snippets: [
      {
        title: "Repository",
        kind: "commands",
        text: lines(
          `export AWS_ACCESS_KEY_ID=${shellWord(accessKeyId)}`,
          `export AWS_SECRET_ACCESS_KEY=${shellWord(secretOf(connection))}`,
          `export AWS_DEFAULT_REGION=${shellWord(signingRegion)}`,
          `export RESTIC_REPOSITORY=${shellWord(`s3:${endpoint}/my-bucket/restic`)}`,
          !connection.readOnly && "restic -o s3.bucket-lookup=path init",
          !connection.readOnly && "restic -o s3.bucket-lookup=path backup ~/Documents",
          connection.readOnly && "restic -o s3.bucket-lookup=path --no-lock snapshots",
        ),
      },
    ],
    notes: [
      "The second line stands in the history of the shell, with the secret key. A space before it keeps it out in many shells.",
      "restic asks for the password of the repository. Without it nobody can read the backup.",
    ],
  };
}

/** The password file of s3fs. */
export function writeS3fs(connection: Connection): string {
  return lines(`${connection.accessKeyId}:${secretOf(connection)}`);
}

export function guideS3fs(connection: Connection): Guide {
  const { profile, endpoint, signingRegion } = connection;
  const name = `.passwd-s3fs-${profile}`;
  return {
    label: "s3fs",
    snippets: [
      {
        title: "Password file, readable by its owner only",
        kind: "file",
        path: `~/${name}`,
        text: writeS3fs(connection),
      },
      {
        title: "Mount",
        kind: "commands",
        text: lines(
          `chmod 600 ~/${name}`,
          "mkdir -p ~/my-bucket",
          `s3fs my-bucket ~/my-bucket -o passwd_file=$HOME/${name} -o url=${shellWord(endpoint)} -o use_path_request_style -o endpoint=${shellWord(signingRegion)}${connection.readOnly ? " -o ro" : ""}`,
        ),
      },
    ],
    notes: ["s3fs needs FUSE. It is no file system for databases: every change of a file writes the whole object."],
  };
}
