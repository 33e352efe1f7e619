import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** What the tests use besides npm packages, and the Debian package that brings it. */
const PROGRAMS = [
  { name: "Chromium", paths: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"], package: "chromium" },
  { name: "the AWS CLI", paths: ["/usr/bin/aws"], package: "awscli" },
  { name: "s3cmd", paths: ["/usr/bin/s3cmd"], package: "s3cmd" },
  { name: "rclone", paths: ["/usr/bin/rclone"], package: "rclone" },
  // Only tests of the built-in S3 server use it, and say themselves that they skip.
  { name: "boto3", paths: ["/usr/lib/python3/dist-packages/boto3/__init__.py"], package: "python3-boto3", optional: true },
];

/**
 * Sees to it that the programs are there: as root on Debian it installs what is missing, after saying so, unless
 * LATCHKEY_TEST_INSTALL=0. Returns the names of those that are missing still and that the end-to-end tests need.
 */
export function ensureTestPrograms() {
  const missing = findMissing();
  if (missing.length === 0 || !mayInstall()) return namesOfNeeded(missing);
  const packages = missing.map((program) => program.package);
  console.log(`Installing from Debian, for the tests: ${packages.join(" ")} (LATCHKEY_TEST_INSTALL=0 forbids it)`);
  aptGet(["update", "-qq"]);
  aptGet(["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  return namesOfNeeded(findMissing());
}

function namesOfNeeded(programs) {
  return programs.filter(({ optional }) => !optional).map(({ name }) => name);
}

function findMissing() {
  return PROGRAMS.filter(({ paths }) => !paths.some((path) => existsSync(path)));
}

function mayInstall() {
  const isRoot = process.getuid?.() === 0;
  return isRoot && existsSync("/etc/debian_version") && process.env.LATCHKEY_TEST_INSTALL !== "0";
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) console.log(`apt-get ${args[0]} ended with ${status}`);
}
