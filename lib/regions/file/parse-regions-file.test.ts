import { expect, test } from "vitest";
import { parseRegionsFile } from "@/lib/regions/file/parse-regions-file";

const ENVIRONMENT = { EAST_SECRET: "s3cr3t-of-east", EMPTY: "" };
const EAST = `regions:
  - name: east
    provider: ceph-rgw
    endpoint: https://S3.example.org/
    signingRegion: default
    gateways: ["http://10.0.0.1:8080", "http://10.0.0.2:8080"]
    settings:
      adminUrl: http://10.0.0.1:8080
      cacheSeconds: 600
    credentials:
      accessKeyId: LATCHKEYADMIN
      secretAccessKey: \${EAST_SECRET}
`;

function problemsOf(text: string, isPrivate = true): string[] {
  const parsed = parseRegionsFile(text, ENVIRONMENT, isPrivate);
  return parsed.ok ? [] : parsed.problems.map((problem) => `${problem.line}: ${problem.text}`);
}

test("a region is read with its variables and its line", () => {
  const parsed = parseRegionsFile(EAST, ENVIRONMENT, false);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const [{ line, region } = { line: 0, region: undefined }] = parsed.regions;
  expect(line).toBe(2);
  expect(region).toMatchObject({
    name: "east",
    provider: "ceph-rgw",
    endpoint: "https://s3.example.org",
    signingRegion: "default",
    gateways: ["http://10.0.0.1:8080", "http://10.0.0.2:8080"],
    settings: { adminUrl: "http://10.0.0.1:8080", cacheSeconds: 600 },
  });
  expect(JSON.parse(region?.credentials.reveal() ?? "{}")).toEqual({
    accessKeyId: "LATCHKEYADMIN",
    secretAccessKey: "s3cr3t-of-east",
  });
});

test("a variable may be a part of a value, and a dollar can be written", () => {
  const text = EAST.replace(
    "secretAccessKey: ${EAST_SECRET}",
    () => 'secretAccessKey: "a-${EAST_SECRET}-$${EAST_SECRET}-$5"',
  );
  const parsed = parseRegionsFile(text, { EAST_SECRET: "${HOME}" }, true);
  const credentials = parsed.ok ? parsed.regions[0]?.region.credentials.reveal() : "";
  expect(credentials).toContain('"a-${HOME}-${EAST_SECRET}-$5"');
});

test.each([
  ["a variable that is not set", ["${EAST_SECRET}", "${WEST_SECRET}"], "12: the variable WEST_SECRET is not set"],
  ["a variable that is empty", ["${EAST_SECRET}", "${EMPTY}"], "12: the variable EMPTY is not set"],
  [
    "half a reference",
    ["${EAST_SECRET}", '"${EAST_SECRET"'],
    "12: write ${NAME} for a variable, and $${ for a dollar sign and a brace",
  ],
  [
    "an unknown field",
    ["signingRegion", "signing_region"],
    "2: signingRegion must be a text\n5: unknown field; the fields are name, provider, endpoint, signingRegion, gateways, settings and credentials",
  ],
  ["an unknown field of the file", ["regions:", "version: 1\nregions:"], "1: unknown field; the only field is regions"],
  ["no region", [EAST, "regions: yes\n"], "1: regions must be a list"],
  ["nothing at all", [EAST, ""], "1: the file must have fields"],
  [
    "an address without a scheme",
    ["https://S3.example.org/", "s3.example.org"],
    "4: endpoint must be a URL that begins with http:// or https://",
  ],
  [
    "an address with a path",
    ["https://S3.example.org/", "https://s3.example.org/path"],
    "4: endpoint must be a URL without path, query or user name",
  ],
  [
    "a metadata service as the endpoint",
    ["https://S3.example.org/", "http://169.254.169.254"],
    "4: endpoint must be a URL that is not link-local and not a cloud's metadata service's (LATCHKEY_ALLOWED_ADDRESSES names exceptions)",
  ],
  [
    "a metadata service as a gateway",
    ["http://10.0.0.2:8080", "http://[fd00:ec2::254]"],
    "6: gateways must be a URL that is not link-local and not a cloud's metadata service's (LATCHKEY_ALLOWED_ADDRESSES names exceptions)",
  ],
  [
    "a metadata service as the admin API",
    ["adminUrl: http://10.0.0.1:8080", "adminUrl: http://metadata.google.internal"],
    "8: adminUrl must be a URL that is not link-local and not a cloud's metadata service's (LATCHKEY_ALLOWED_ADDRESSES names exceptions)",
  ],
  ["a gateway twice", ["10.0.0.2", "10.0.0.1"], "6: a gateway is listed twice"],
  ["an unknown provider", ["ceph-rgw", "swift"], "3: provider must be one of builtin, ceph-rgw, keystone"],
  [
    "a name that is not a slug",
    ["name: east", "name: East Region"],
    "2: name is wrong: use lower case letters, digits and hyphens",
  ],
  ["an unknown setting", ["cacheSeconds: 600", "cacheMinutes: 10"], "9: cacheMinutes is unknown"],
  ["a setting that is wrong", ["cacheSeconds: 600", "cacheSeconds: never"], "9: cacheSeconds is missing or wrong"],
  [
    "a setting that is missing",
    ["adminUrl:", "adminPath: admin\n      #"],
    "7: adminUrl must be a URL that begins with http:// or https://",
  ],
  [
    "a setting that the check sets",
    ["cacheSeconds: 600", "deactivate: key"],
    "9: the check sets deactivate, so it must not be declared",
  ],
  ["a credential that is missing", ["accessKeyId: LATCHKEYADMIN", "# none"], "7: accessKeyId is missing or wrong"],
  ["a number as a credential", ["LATCHKEYADMIN", "12345678"], "11: accessKeyId must be a text"],
  [
    "a list as a setting",
    ["cacheSeconds: 600", "cacheSeconds: [600]"],
    "9: cacheSeconds must be a text, a number, true or false",
  ],
  [
    "a field twice",
    ["signingRegion: default", "signingRegion: default\n    signingRegion: other"],
    "6: the field appears twice",
  ],
  [
    "an alias",
    ["signingRegion: default", "signingRegion: &a default\n    <<: *a"],
    "5: a tag or an anchor is not allowed\n6: an alias is not allowed",
  ],
  ["a tag", ["signingRegion: default", "signingRegion: !!binary aGVsbG8="], "5: a tag or an anchor is not allowed"],
  ["two documents", ["regions:", "--- {}\n---\nregions:"], "2: a second document is not allowed"],
  ["a tab", ["    signingRegion", "\tsigningRegion"], "5: indent with spaces and not with a tab"],
])("%s", (_name, [from = "", to = ""], expected) => {
  expect(problemsOf(EAST.replace(from, () => to)).join("\n")).toContain(expected);
});

test("a value with a reference and other text counts as a secret in the file", () => {
  const open = (value: string) =>
    problemsOf(
      EAST.replace("${EAST_SECRET}", () => value),
      false,
    );
  const refused = expect.stringMatching(/^12: secretAccessKey is a secret in a file that other users can read/);
  for (const value of [
    "hunter2${EAST_SECRET}",
    "${EAST_SECRET}hunter2",
    '"${EAST_SECRET}${EAST_SECRET}"',
    "$${EAST_SECRET}",
  ]) {
    expect(open(value), value).toEqual([refused]);
  }
  expect(open('"${EAST_SECRET}"')).toEqual([]);
  expect(
    problemsOf(
      EAST.replace("LATCHKEYADMIN", () => "LK-${EAST_SECRET}"),
      false,
    ),
  ).toEqual([]);
});

test("a file of maximum length with one map of many fields is refused", () => {
  const text = Array.from({ length: 30_000 }, (_, index) => `f${index}: 1\n`).join("");
  expect(problemsOf(text)).toEqual(["1: more than 200 fields are not allowed"]);
});

test("a region that is declared twice, and a region that the settings define, are refused", () => {
  const second = EAST.replace("regions:\n", "");
  expect(problemsOf(EAST + second)).toEqual(["13: the region east is declared in line 2 already"]);
  const own = `regions: [{name: north, provider: builtin, endpoint: http://10.0.0.1, signingRegion: north-1,
    settings: {adminUrl: http://10.0.0.1:9002}, credentials: {adminToken: "\${EAST_SECRET}-and-some-more"}}]`;
  expect(problemsOf(own)).toEqual([
    "1: the settings define the region north of the built-in server, so it must not be declared",
  ]);
});

test("only a private file may hold a secret; any file may hold an access key id", () => {
  const literal = EAST.replace("${EAST_SECRET}", "s3cr3t-of-east");
  expect(problemsOf(literal)).toEqual([]);
  expect(problemsOf(literal, false)).toEqual([
    "12: secretAccessKey is a secret in a file that other users can read; write ${NAME} and set the variable, or run chmod 600 on the file",
  ]);
});

test("no problem quotes a value, even if the value is not valid YAML", () => {
  const secret = "hunter2hunter2";
  const values = [
    `*${secret}`,
    `"${secret}`,
    `!${secret} x`,
    `@${secret}`,
    `[${secret}`,
    `{${secret}: `,
    `\`${secret}`,
    `%${secret}`,
    `"\\q${secret}"`,
    `&${secret}`,
    `|${secret}`,
    `? ${secret}`,
    `- ${secret}`,
  ];
  for (const value of values) {
    const problems = problemsOf(EAST.replace("${EAST_SECRET}", () => value));
    expect(problems.join("\n"), value).not.toContain("hunter2");
    expect(problems.length, value).toBeGreaterThan(0);
  }
  for (const text of ["[".repeat(100_000), "{a: ".repeat(50_000), `${"- ".repeat(60_000)}x`])
    expect(problemsOf(text).length).toBeLessThan(21);
});
