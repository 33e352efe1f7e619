import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Binaries } from "@/lib/postgres/binaries";

/** The user for PostgreSQL's programs. `prefix` is put before a command to run it as that user. */
export type OsUser = { uid: number; gid: number; name: string; prefix: string[] };

/**
 * Capabilities that let a process reach files below folders that it may not enter, the weaker first. Containers
 * often withhold the first and grant the second.
 */
const REACHING_CAPABILITIES = ["dac_read_search", "dac_override"];

/**
 * Chooses the user for PostgreSQL, which refuses to run as root. For root: the owner of an existing database folder,
 * else the system's user `postgres`, else `nobody`. No account is created. For every other user the result is
 * undefined, and PostgreSQL runs as that user.
 *
 * Where the chosen user cannot reach the programs or the data folder (a clone under /root, for example), PostgreSQL
 * gets one capability that gives access. Throws when there is no such user, and when the system grants no such
 * capability.
 */
export function chooseOsUser(
  binaries: Binaries,
  dataDir: string,
  databaseOwner: number | undefined,
): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const account = findAccount(databaseOwner);
  const plain = { ...account, prefix: [] };
  const needed: [path: string, bit: number][] = [
    [binaries.postgres, 0o5],
    [binaries.initdb, 0o5],
    [join(binaries.folder, "share/postgresql/postgres.bki"), 0o4],
    [join(binaries.folder, "lib/postgresql/plpgsql.so"), 0o4],
    [dataDir, 0o1],
  ];
  if (needed.every(([path, bits]) => mayUse(path, bits, account))) return plain;
  for (const capability of REACHING_CAPABILITIES) {
    const user = { ...account, prefix: grant(capability, account) };
    if (canRun(user, binaries)) return user;
  }
  throw new Error(
    `root runs PostgreSQL as the user ${account.name}, who cannot reach ${binaries.folder} or ${dataDir}: ` +
      "install Latchkey in a folder that other users may enter, run it as an ordinary user, or set DATABASE_URL",
  );
}

/** The program and arguments that run `command` as `user`. */
export function asUser(
  user: OsUser | undefined,
  command: string,
  args: string[],
): { file: string; args: string[]; ids: { uid?: number; gid?: number } } {
  const [file, ...rest] = [...(user?.prefix ?? []), command];
  const ids = user && user.prefix.length === 0 ? { uid: user.uid, gid: user.gid } : {};
  return { file: file ?? command, args: [...rest, ...args], ids };
}

/**
 * PostgreSQL asks access(2) about its own program. Without `no_setuid_fixup`, access(2) answers for the user without
 * the capability.
 */
function grant(capability: string, account: { uid: number; gid: number }): string[] {
  const only = `-all,+${capability}`;
  return [
    "setpriv",
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup",
    `--inh-caps=${only}`,
    `--ambient-caps=${only}`,
    `--bounding-set=${only}`,
  ];
}

function canRun(user: OsUser, binaries: Binaries): boolean {
  const { file, args } = asUser(user, binaries.initdb, ["--version"]);
  const result = spawnSync(file, args, { cwd: "/", encoding: "utf8" });
  return result.status === 0 && result.stderr === "";
}

function findAccount(databaseOwner: number | undefined): { uid: number; gid: number; name: string } {
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
    .filter((fields) => fields.length >= 4)
    .map(([name = "", , uid, gid]) => ({ name, uid: Number(uid), gid: Number(gid) }));
  if (databaseOwner) {
    return (
      accounts.find(({ uid }) => uid === databaseOwner) ?? {
        name: String(databaseOwner),
        uid: databaseOwner,
        gid: databaseOwner,
      }
    );
  }
  const found = ["postgres", "nobody"].flatMap((wanted) =>
    accounts.filter(({ name, uid }) => name === wanted && uid > 0),
  )[0];
  if (!found)
    throw new Error(
      "PostgreSQL does not run as root, and there is no user postgres or nobody: run Latchkey as an ordinary user",
    );
  return found;
}

/**
 * Whether the mode bits allow the user `bits` (4 read, 2 write, 1 execute or enter) on a path, and let the user enter
 * every folder above it.
 */
function mayUse(path: string, bits: number, account: { uid: number; gid: number }): boolean {
  const { mode, uid, gid } = statSync(path);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  if (((mode >> shift) & bits) !== bits) return false;
  return dirname(path) === path || mayUse(dirname(path), 0o1, account);
}
