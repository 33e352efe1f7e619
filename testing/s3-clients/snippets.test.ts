import { closeSync, existsSync, openSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ClientName, type Connection, guideClient } from "@/lib/clients/rules";
import { TestServer } from "../builtin-s3/test-server";
import { connectCephDriver } from "../rig/ceph-driver";
import { findMissingPrograms } from "../rig/rig";
import { openSharedRig, RIG_STARTS_WITHIN_MS } from "../rig/shared-rig";
import { type Outcome, runProgram } from "./programs";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** What the texts call the bucket. */
const BUCKET = "my-bucket";
const LIMIT_MS = 180_000;

const PROGRAMS = {
  aws: "/usr/bin/aws",
  s3cmd: "/usr/bin/s3cmd",
  rclone: "/usr/bin/rclone",
  boto3: "/usr/lib/python3/dist-packages/boto3/__init__.py",
  restic: "/usr/bin/restic",
  s3fs: "/usr/bin/s3fs",
} as const;

interface Storage {
  connection: Connection;
  stop: () => Promise<void>;
}

async function startBuiltin(): Promise<Storage> {
  const server = await TestServer.start();
  const pair = await server.addKey("demo");
  const connection = {
    region: "north",
    profile: "north",
    readOnly: false,
    endpoint: server.endpoint(),
    signingRegion: "north-1",
    plainUploads: false,
    ...pair,
  };
  return { connection, stop: () => server.stop() };
}

async function startCeph(): Promise<Storage> {
  const rig = await openSharedRig(["uncached"]);
  const { key, secret } = await connectCephDriver(rig).createKey();
  const connection = {
    region: "ceph",
    profile: "ceph",
    readOnly: false,
    endpoint: rig.gateways[0]?.endpoint ?? "",
    signingRegion: "default",
    // Ceph 16 does not take the checksums.
    plainUploads: true,
    accessKeyId: key.accessKeyId,
    secretAccessKey: secret.reveal(),
  };
  return { connection, stop: async () => undefined };
}

const STORAGES = [
  { name: "the built-in server", start: startBuiltin, missing: [] },
  { name: "a real Ceph", start: startCeph, missing: findMissingPrograms() },
];

describe.each(STORAGES)("what the page shows, executed as shown on $name", ({ start, missing }) => {
  let storage: Storage;
  let home: string;

  beforeAll(async () => {
    if (missing.length === 0) storage = await start();
  }, RIG_STARTS_WITHIN_MS);
  afterAll(() => storage?.stop());

  beforeEach(async (context) => {
    context.skip(missing.length > 0, `needs ${missing.join(", ")}`);
    await mkdir(path.join(ROOT, "test-results"), { recursive: true });
    // Below the repository, so that a program finds its packages.
    home = await mkdtemp(path.join(ROOT, "test-results/snippets-"));
    return async () => {
      await removeBucket(storage.connection);
      await rm(home, { recursive: true, force: true });
    };
  });

  const shell = (commands: string, env: Record<string, string> = {}): Promise<Outcome> =>
    runProgram("/bin/sh", ["-ec", commands], { HOME: home, AWS_EC2_METADATA_DISABLED: "true", ...env });

  /** Writes the files of a client as its tab shows them. */
  const writeFiles = async (name: ClientName) => {
    for (const { kind, path: place = "", text } of guideClient(name, storage.connection).snippets) {
      if (kind === "commands") continue;
      const file = path.join(home, place.replace("~/", ""));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
      await chmod(file, 0o600);
    }
  };
  const commandsOf = (name: ClientName, title: string): string =>
    guideClient(name, storage.connection).snippets.find((snippet) => snippet.title === title)?.text ?? "";
  /** The bucket, and the profile that the programs read. */
  const prepare = async () => {
    await writeFiles("aws");
    await connect(storage.connection).send(new CreateBucketCommand({ Bucket: BUCKET }));
  };

  test(
    "AWS CLI",
    async (context) => {
      context.skip(!existsSync(PROGRAMS.aws), "needs the Debian package awscli");
      await writeFiles("aws");
      const run = await shell(commandsOf("aws", "With every version"));
      expect(run.stdout, run.stderr).toContain("my-bucket");
    },
    LIMIT_MS,
  );

  test(
    "the profile of the AWS CLI, with the endpoint in its section of services",
    async () => {
      await prepare();
      const program = path.join(home, "services.mjs");
      await writeFile(
        program,
        `import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
const { Buckets } = await new S3Client({}).send(new ListBucketsCommand({}));
console.log(Buckets.map(({ Name }) => Name).join());`,
      );
      const run = await runProgram(process.execPath, [program], { HOME: home, AWS_PROFILE: storage.connection.region });
      expect(run.stdout, run.stderr).toContain("my-bucket");
    },
    LIMIT_MS,
  );

  test.each(["s3cmd", "rclone"] as const)(
    "%s",
    async (name) => {
      await writeFiles(name);
      const run = await shell(commandsOf(name, "Try it"));
      expect(run.stdout, run.stderr).toContain("my-bucket");
    },
    LIMIT_MS,
  );

  test(
    "boto3",
    async (context) => {
      context.skip(!existsSync(PROGRAMS.boto3), "needs the Debian package python3-boto3");
      await prepare();
      await writeFiles("boto3");
      const run = await shell("/usr/bin/python3 ~/list_buckets.py");
      expect(run.stdout, run.stderr).toContain("my-bucket");
    },
    LIMIT_MS,
  );

  test(
    "JavaScript",
    async () => {
      await prepare();
      await writeFiles("javascript");
      const run = await runProgram(process.execPath, [path.join(home, "list-buckets.mjs")], { HOME: home });
      expect(run.stdout, run.stderr).toContain("my-bucket");
    },
    LIMIT_MS,
  );

  test(
    "restic",
    async (context) => {
      context.skip(!existsSync(PROGRAMS.restic), "needs the Debian package restic");
      await prepare();
      await mkdir(path.join(home, "Documents"));
      await writeFile(path.join(home, "Documents/letter.txt"), "Dear Ada");
      const run = await shell(commandsOf("restic", "Repository"), { RESTIC_PASSWORD: "only for this test" });
      expect(run.stdout, run.stderr).toMatch(/snapshot [0-9a-f]+ saved/);
    },
    LIMIT_MS,
  );

  test(
    "s3fs",
    async (context) => {
      context.skip(!existsSync(PROGRAMS.s3fs), "needs the Debian package s3fs");
      await prepare();
      await writeFiles("s3fs");
      const mount = commandsOf("s3fs", "Mount");
      const use = `trap 'umount ~/my-bucket' EXIT; echo "Dear Ada" > ~/my-bucket/letter.txt; cat ~/my-bucket/letter.txt`;
      // Where FUSE is not allowed, the program itself says whether it knows the options.
      const [commands, expected] = mayMount()
        ? [`${mount.trim()}; ${use}`, ["Dear Ada"]]
        : ["s3fs --help 2>&1", [...mount.matchAll(/(?<=-o )[a-z_]+/g)].map(([option]) => option)];
      const run = await shell(commands);
      for (const text of expected) expect(run.stdout, run.stderr).toContain(text);
    },
    LIMIT_MS,
  );
});

function connect({ endpoint, signingRegion, accessKeyId, secretAccessKey = "" }: Connection): S3Client {
  const credentials = { accessKeyId, secretAccessKey };
  return new S3Client({ endpoint, region: signingRegion, credentials, forcePathStyle: true });
}

async function removeBucket(connection: Connection): Promise<void> {
  const client = connect(connection);
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
  for (const { Key } of Contents) await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
  await client.send(new DeleteBucketCommand({ Bucket: BUCKET }));
}

function mayMount(): boolean {
  try {
    closeSync(openSync("/dev/fuse", "r+"));
    return true;
  } catch {
    return false;
  }
}
