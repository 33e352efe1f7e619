import { type AuditActor, SYSTEM_ACTOR } from "@/lib/audit/record";
import type { PlatformRole, ProjectRole } from "@/lib/gate/permissions";
import { ensureInstallationRow } from "@/lib/installation/mutations";
import { setMember } from "@/lib/members/mutations";
import { withTransaction } from "@/lib/platform/db/transaction";
import { hashPassword } from "@/lib/platform/crypto/password";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { createProject } from "@/lib/projects/mutations";
import { openCredentials } from "@/lib/regions/data";
import { putRegion } from "@/lib/regions/mutations";
import type { RegionInput } from "@/lib/regions/schema";
import { createUser } from "@/lib/users/mutations";
import type { Prisma, PrismaClient, Region } from "@/prisma/generated/client";

const PASSWORD_LENGTH = 20;
const DEMO_PROJECT = "demo";

/** The content of first-run.json. The passwords are stored in no other place. */
export interface FirstRun {
  url: string;
  regions: { name: string; endpoint: string; signingRegion: string }[];
  users: { email: string; password: string; role: PlatformRole | ProjectRole; project: string | null }[];
}

/** A region of the built-in server, with the addresses of this start. */
export interface BuiltinRegion {
  name: string;
  /** The public S3 address. */
  endpoint: string;
  /** The S3 address on this machine, at which keys are verified and measured. */
  gateway: string;
  signingRegion: string;
  adminUrl: string;
}

type NewPerson = { email: string; name: string; platformRole?: PlatformRole; projectRole?: ProjectRole };

const ADMIN: NewPerson = { email: "admin@latchkey.localhost", name: "Petra Admin", platformRole: "platform-admin" };
const DEMO: NewPerson[] = [
  ADMIN,
  { email: "support@latchkey.localhost", name: "Sam Support", platformRole: "support" },
  { email: "owner@latchkey.localhost", name: "Olga Owner", projectRole: "admin" },
  { email: "member-plus@latchkey.localhost", name: "Mia Member", projectRole: "member+" },
  { email: "member@latchkey.localhost", name: "Max Member", projectRole: "member" },
];

/** Draws the passwords of a first run. Writes nothing. */
export function prepareFirstRun(mode: "demo" | "empty", url: string, regions: BuiltinRegion[]): FirstRun {
  return {
    url,
    regions: regions.map(({ name, endpoint, signingRegion }) => ({ name, endpoint, signingRegion })),
    users: peopleOf(mode).map((person) => ({
      email: person.email,
      password: randomText(PASSWORD_LENGTH, ALPHANUMERIC),
      role: roleOf(person),
      project: person.projectRole ? DEMO_PROJECT : null,
    })),
  };
}

/** Whether anybody can sign in yet. */
export async function hasUsers(database: PrismaClient): Promise<boolean> {
  return (await database.user.findFirst({ select: { id: true } })) !== null;
}

/** Creates the people and the project of a first run, in one transaction of at most 30 s. */
export async function applyFirstRun(database: PrismaClient, record: FirstRun): Promise<void> {
  const people = new Map(DEMO.map((person) => [person.email, person]));
  const hashes = new Map<string, string>();
  for (const user of record.users) hashes.set(user.email, await hashPassword(user.password));
  await withTransaction(
    async (tx) => {
      await ensureInstallationRow(tx);
      if (record.users.some((user) => user.project === DEMO_PROJECT)) {
        await createProject(tx, SYSTEM_ACTOR, { slug: DEMO_PROJECT, name: "Demo" });
      }
      for (const user of record.users) {
        const person = people.get(user.email);
        const passwordHash = hashes.get(user.email);
        if (!person || !passwordHash) throw new Error("the first run names an unknown person");
        const { email, name, platformRole = null } = person;
        await createUser(tx, SYSTEM_ACTOR, { email, name, platformRole, passwordHash });
        if (person.projectRole) {
          await setMember(tx, SYSTEM_ACTOR, { project: DEMO_PROJECT, email, role: person.projectRole });
        }
      }
    },
    { client: database, timeoutMs: 30_000 },
  );
}

/** Saves the regions of the built-in server whose addresses or credentials differ from those of this start. */
export async function syncBuiltinRegions(
  database: PrismaClient,
  regions: BuiltinRegion[],
  adminToken: Secret,
  masterKey: Buffer,
  by: AuditActor = SYSTEM_ACTOR,
): Promise<void> {
  await withTransaction(
    async (tx) => {
      await ensureInstallationRow(tx);
      const credentials = new Secret(JSON.stringify({ adminToken: adminToken.reveal() }));
      for (const { gateway, adminUrl, ...rest } of regions) {
        const row = await tx.region.findUnique({ where: { name: rest.name } });
        // What a check has found out about the region stays.
        const settings = { ...(row?.settings as Prisma.JsonObject | undefined), adminUrl } as Prisma.InputJsonObject;
        const region = { ...rest, provider: "builtin", gateways: [gateway], settings, credentials };
        if (!row || !isUpToDate(row, region)) await putRegion(tx, by, region, masterKey);
      }
    },
    { client: database },
  );
}

function isUpToDate(row: Region, region: RegionInput): boolean {
  if (!row.sealedCredentials) return false;
  const facts = (of: Pick<RegionInput, "endpoint" | "signingRegion" | "gateways"> & { settings: unknown }) =>
    JSON.stringify([of.endpoint, of.signingRegion, of.gateways, of.settings]);
  if (facts(row) !== facts(region)) return false;
  try {
    return openCredentials(row).reveal() === region.credentials.reveal();
  } catch {
    // A lost key sealed the credentials. They are known, so saving the region seals them again.
    return false;
  }
}

function peopleOf(mode: "demo" | "empty"): NewPerson[] {
  return mode === "demo" ? DEMO : [ADMIN];
}

function roleOf(person: NewPerson): PlatformRole | ProjectRole {
  const role = person.platformRole ?? person.projectRole;
  if (!role) throw new Error("a person of the first run has no role");
  return role;
}
