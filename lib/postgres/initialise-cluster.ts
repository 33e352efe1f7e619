import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client } from "pg";
import type { Binaries } from "@/lib/postgres/binaries";
import { APPLICATION, type ClusterSettings, LOOPBACK, SUPERUSER, toDatabaseUrl } from "@/lib/postgres/cluster-settings";
import type { OsUser } from "@/lib/postgres/os-user";
import { runProgram } from "@/lib/postgres/run-program";

/** PostgreSQL writes to its folder only: no socket in /tmp, no segments in /dev/shm. */
const SERVER_SETTINGS = [
  `listen_addresses=${LOOPBACK}`,
  "unix_socket_directories=",
  "dynamic_shared_memory_type=mmap",
  "timezone=UTC",
  "log_timezone=UTC",
  "max_wal_size=256MB",
];

/**
 * Creates the database folder `home` and a cluster in it, unless the cluster exists. The finished cluster is renamed to
 * its place, so a kill leaves no partial cluster. The collation is PostgreSQL's own C.UTF-8, so that the order of rows
 * does not depend on the machine.
 */
export async function initialiseCluster(
  home: string,
  binaries: Binaries,
  user: OsUser | undefined,
  settings: ClusterSettings,
): Promise<void> {
  const folder = join(home, "cluster");
  if (existsSync(join(folder, "PG_VERSION"))) return;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const draft = join(home, "cluster.new");
  rmSync(draft, { recursive: true, force: true });
  const passwordFile = join(home, "password.new");
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${settings.superuserPassword}\n`, { mode: 0o600, flag: "wx" });
  if (user) {
    chownSync(home, user.uid, user.gid);
    chownSync(passwordFile, user.uid, user.gid);
  }
  try {
    await runProgram(user, binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--data-checksums",
      ...SERVER_SETTINGS.flatMap((setting) => ["-c", setting]),
    ]);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, folder);
}

/**
 * Ensures that the application's role and database exist and that the role has the stored password. The role is not a
 * superuser: an SQL injection could not read files or run programs with it. Throws when the server does not accept the
 * superuser's connection.
 */
export async function ensureApplicationRole(settings: ClusterSettings): Promise<void> {
  if (await canConnect(settings)) return;
  const client = new Client({
    host: LOOPBACK,
    port: settings.port,
    user: SUPERUSER,
    password: settings.superuserPassword,
    database: "postgres",
  });
  await client.connect();
  try {
    const roles = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [APPLICATION]);
    const verb = roles.rowCount ? "ALTER" : "CREATE";
    await client.query(
      `${verb} ROLE ${APPLICATION} LOGIN NOSUPERUSER CREATEDB NOCREATEROLE PASSWORD ${client.escapeLiteral(settings.password)}`,
    );
    const databases = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [APPLICATION]);
    if (!databases.rowCount) await client.query(`CREATE DATABASE ${APPLICATION} OWNER ${APPLICATION}`);
  } finally {
    await client.end();
  }
}

async function canConnect(settings: ClusterSettings): Promise<boolean> {
  const client = new Client({ connectionString: toDatabaseUrl(settings) });
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end();
  }
}
