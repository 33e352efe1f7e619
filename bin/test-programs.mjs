import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/** The programs that tests use, and their Debian packages. Without an `optional` program, its tests skip themselves. */
const PROGRAMS = [
  {
    name: "Chromium",
    paths: [
      "/usr/bin/chromium-headless-shell",
      "/usr/bin/chromium",
      "/usr/bin/chromium-browser",
      "/usr/bin/google-chrome",
    ],
    packages: ["chromium-headless-shell"],
  },
  { name: "the AWS CLI", paths: ["/usr/bin/aws"], packages: ["awscli"] },
  { name: "s3cmd", paths: ["/usr/bin/s3cmd"], packages: ["s3cmd"] },
  { name: "rclone", paths: ["/usr/bin/rclone"], packages: ["rclone"] },
  {
    name: "boto3",
    paths: ["/usr/lib/python3/dist-packages/boto3/__init__.py"],
    packages: ["python3-boto3"],
    optional: true,
  },
  { name: "restic", paths: ["/usr/bin/restic"], packages: ["restic"], optional: true },
  { name: "s3fs", paths: ["/usr/bin/s3fs"], packages: ["s3fs"], optional: true },
  { name: "OpenSSL", paths: ["/usr/bin/openssl"], packages: ["openssl"], optional: true },
  // The programs of the rig.
  { name: "Ceph's mon", paths: ["/usr/bin/ceph-mon"], packages: ["ceph-mon"], optional: true },
  { name: "Ceph's OSD", paths: ["/usr/bin/ceph-osd"], packages: ["ceph-osd"], optional: true },
  { name: "radosgw", paths: ["/usr/bin/radosgw"], packages: ["radosgw"], optional: true },
  { name: "Keystone", paths: ["/usr/bin/keystone-manage"], packages: ["keystone"], optional: true },
  { name: "uWSGI", paths: ["/usr/bin/uwsgi"], packages: ["uwsgi-core", "uwsgi-plugin-python3"], optional: true },
  {
    name: "the OpenStack client",
    paths: ["/usr/bin/openstack"],
    packages: ["python3-openstackclient"],
    optional: true,
  },
];

/**
 * dpkg runs this script before it starts a service; 101 forbids the start. The rig starts its own services on loopback.
 */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";
const KEYSTONE_QUESTIONS = ["configure_db", "create-admin-tenant", "register-endpoint"];

/**
 * Installs the missing programs, as root on Debian, unless LATCHKEY_TEST_INSTALL=0. Prints the installation, and the
 * programs whose tests are skipped. Returns the names of the programs that are still missing and that the end-to-end
 * tests need.
 */
export function ensureTestPrograms() {
  let missing = findMissing();
  if (missing.length > 0 && mayInstall()) {
    install(missing.flatMap((program) => program.packages));
    missing = findMissing();
  }
  const skipped = missing.filter(({ optional }) => optional).map(({ name }) => name);
  if (skipped.length > 0) console.log(`Tests that need ${skipped.join(", ")} are skipped.`);
  return missing.filter(({ optional }) => !optional).map(({ name }) => name);
}

function install(packages) {
  console.log(`Installing from Debian, for the tests: ${packages.join(" ")} (LATCHKEY_TEST_INSTALL=0 forbids it)`);
  withoutServices(() => {
    if (packages.includes("keystone")) preseedKeystone();
    aptGet(["update", "-qq"]);
    aptGet(["install", "-y", "-qq", "--no-install-recommends", ...packages]);
  });
}

function findMissing() {
  return PROGRAMS.filter(({ paths }) => !paths.some((path) => existsSync(path)));
}

function mayInstall() {
  const isRoot = process.getuid?.() === 0;
  return isRoot && existsSync("/etc/debian_version") && process.env.LATCHKEY_TEST_INSTALL !== "0";
}

function withoutServices(work) {
  const ours = !existsSync(SERVICE_POLICY);
  if (ours) writeFileSync(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(SERVICE_POLICY, { force: true });
  }
}

function preseedKeystone() {
  const input = KEYSTONE_QUESTIONS.map((question) => `keystone keystone/${question} boolean false\n`).join("");
  spawnSync("debconf-set-selections", { input, stdio: ["pipe", "ignore", "inherit"] });
}

function aptGet(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status } = spawnSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) console.log(`apt-get ${args[0]} ended with ${status}`);
}
