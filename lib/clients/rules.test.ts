import { expect, test } from "vitest";
import { writeAwsConfig, writeCredentialProcess } from "@/lib/clients/snippets/aws";
import { CLIENT_NAMES, CREDENTIAL_FILES, type Credentials, guideClient, nameProfile } from "@/lib/clients/rules";

const onLoopback: Credentials = {
  accessKeyId: "LKAAA0000000000000AA",
  secretAccessKey: "abcDEF0123456789abcDEF0123456789abcDEF01",
  endpoint: "http://127.0.0.1:9000",
  region: "north",
  signingRegion: "north-1",
  plainUploads: false,
  profile: "north",
  readOnly: false,
};
const onHttps: Credentials = { ...onLoopback, endpoint: "https://s3.example.org" };

function write(label: string, credentials: Credentials): string {
  const file = CREDENTIAL_FILES.find((candidate) => candidate.label === label);
  if (!file) throw new Error(`no file ${label}`);
  return file.write(credentials);
}

/** Reads the ini dialect that the AWS tools, rclone and s3cmd share. */
function readIni(text: string): Record<string, Record<string, string>> {
  const sections: Record<string, Record<string, string>> = {};
  let section: Record<string, string> = {};
  for (const line of text.split("\n").filter(Boolean)) {
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    const [, name, value] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (header) section = sections[header] = {};
    else if (name && value !== undefined) section[name] = value;
    else throw new Error(`not a line of an ini file: ${line}`);
  }
  return sections;
}

test("the menu holds the files in the order of the design", () => {
  expect(CREDENTIAL_FILES.map(({ label }) => label)).toEqual([
    ".csv",
    "AWS credentials file",
    ".env",
    "rclone.conf",
    ".s3cfg",
    "JSON",
  ]);
});

test.each(CREDENTIAL_FILES.map(({ label }) => label))(
  "%s holds id, secret and host, and ends its last line",
  (label) => {
    const text = write(label, onLoopback);
    expect(text).toContain(onLoopback.accessKeyId);
    expect(text).toContain(onLoopback.secretAccessKey);
    expect(text).toContain("127.0.0.1:9000");
    expect(text.endsWith("\n")).toBe(true);
  },
);

test("the csv has a header and one row, and quotes what needs it", () => {
  const [header, row, rest] = write(".csv", { ...onLoopback, region: 'a,"b"' }).split("\r\n");
  expect(header).toBe("Access key ID,Secret access key,Endpoint URL,Region,Signing region");
  expect(row).toBe(`${onLoopback.accessKeyId},${onLoopback.secretAccessKey},http://127.0.0.1:9000,"a,""b""",north-1`);
  expect(rest).toBe("");
});

test("the AWS file is a profile named after the region, with endpoint and signing region", () => {
  expect(readIni(write("AWS credentials file", onLoopback))).toEqual({
    north: {
      aws_access_key_id: onLoopback.accessKeyId,
      aws_secret_access_key: onLoopback.secretAccessKey,
      region: "north-1",
      endpoint_url: "http://127.0.0.1:9000",
    },
  });
});

test("the .env file is made of plain assignments", () => {
  expect(write(".env", onLoopback).trim().split("\n")).toEqual([
    `AWS_ACCESS_KEY_ID=${onLoopback.accessKeyId}`,
    `AWS_SECRET_ACCESS_KEY=${onLoopback.secretAccessKey}`,
    "AWS_REGION=north-1",
    "AWS_DEFAULT_REGION=north-1",
    "AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000",
  ]);
});

test("rclone gets a remote of provider Other with path style", () => {
  expect(readIni(write("rclone.conf", onLoopback)).north).toMatchObject({
    type: "s3",
    provider: "Other",
    region: "north-1",
    endpoint: "http://127.0.0.1:9000",
    force_path_style: "true",
  });
});

test.each([
  [onLoopback, { host_base: "127.0.0.1:9000", host_bucket: "127.0.0.1:9000", use_https: "False" }],
  [onHttps, { host_base: "s3.example.org", host_bucket: "s3.example.org", use_https: "True" }],
])("s3cmd gets the host without scheme and path style ($endpoint)", (credentials, expected) => {
  expect(readIni(write(".s3cfg", credentials)).default).toMatchObject({ ...expected, bucket_location: "north-1" });
});

test("the JSON reads back as what went in", () => {
  const { plainUploads: _plainUploads, profile: _profile, readOnly: _readOnly, ...told } = onHttps;
  expect(JSON.parse(write("JSON", onHttps))).toEqual(told);
});

test.each([
  [null, "north"],
  ["backup host", "north-backup-host"],
  ["  CI/CD #2 ", "north-ci-cd-2"],
  ["Käse", "north-ka-se"],
  ["备份", "north-00aa"],
])("the profile of the key %j is %s", (name, profile) => {
  expect(nameProfile("north", name, onLoopback.accessKeyId)).toBe(profile);
});

test("the program that gives short-lived keys stands in the profile, and no key does", () => {
  const process = writeCredentialProcess({ project: "demo", region: "north", profile: "work", hours: 4 });
  expect(process).toBe("latchkey credentials --project demo --region north --profile work --hours 4");
  const { secretAccessKey: _secret, ...connection } = onLoopback;
  const config = writeAwsConfig(connection, process);
  expect(config).toContain(`[profile north]\ncredential_process = ${process}\nregion = north-1\nservices = north\n`);
  expect(config).toContain("[services north]\ns3 =\n  endpoint_url = http://127.0.0.1:9000\n");
  expect(config).not.toContain(onLoopback.accessKeyId);
  expect(writeAwsConfig(connection)).not.toContain("credential_process");
  expect(writeAwsConfig({ ...connection, profile: "default" })).toMatch(/^\[default\]\n/);
});

test("an argument with a space stands in double quotes", () => {
  expect(writeCredentialProcess({ project: "a b", region: "north" })).toBe(
    'latchkey credentials --project "a b" --region north',
  );
});

test.each(CLIENT_NAMES)(
  "%s: the texts have the secret only where it is given, and write nothing with a read-only key",
  (name) => {
    const textOf = (connection: Parameters<typeof guideClient>[1]) =>
      guideClient(name, connection)
        .snippets.map(({ text }) => text)
        .join("\n");
    const { secretAccessKey, ...withoutSecret } = onLoopback;
    expect(textOf(withoutSecret)).not.toContain(secretAccessKey);
    expect(textOf({ ...onLoopback, readOnly: true })).not.toMatch(/ mb | mkdir north| init\b| backup |^resource/m);
  },
);
