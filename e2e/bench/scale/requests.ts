import type { Client } from "pg";
import { runAdmin } from "../../fixtures/admin";
import type { PortalFacts } from "../../fixtures/portal";
import { requestSession } from "../../fixtures/portal-client";
import { sendHttp } from "../signed-http";

/** A request whose time is measured. */
export interface Measured {
  name: string;
  run: () => Promise<void>;
}

/** Cookies and tokens of the people who send the requests. */
export interface Callers {
  member: string;
  support: string;
  admin: string;
  /** The API allows each person 120 calls a minute, so each of its operations has a person of its own. */
  tokens: [string, string];
}

export async function signInCallers(portal: PortalFacts): Promise<Callers> {
  const find = (role: string) => {
    const person = portal.users.find((user) => user.role === role);
    if (!person) throw new Error(`nobody is ${role}`);
    return person;
  };
  const session = (role: string) => requestSession(portal.url, find(role));
  const createToken = async (role: string) => {
    const printed = await runAdmin(portal, ["token", "create", find(role).email, "--name", "scale"]);
    const token = /lkt_\w+/.exec(printed)?.[0];
    if (!token) throw new Error("no token was printed");
    return token;
  };
  return {
    member: await session("member+"),
    support: await session("support"),
    admin: await session("platform-admin"),
    tokens: [await createToken("member+"), await createToken("admin")],
  };
}

/** Every page, poll, list, search and reading call of the API, at the present content of the database. */
export async function composeRequests(url: string, callers: Callers, database: Client): Promise<Measured[]> {
  const { member, support, admin, tokens } = callers;
  const asked = (name: string, path: string, headers: Record<string, string>): Measured => ({
    name,
    async run() {
      const { status, body } = await sendHttp("GET", new URL(path, url), headers);
      if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body.slice(0, 200)}`);
    },
  });
  const page = (name: string, path: string, cookie: string) => asked(name, path, { cookie, accept: "text/html" });
  const key = await readOne(
    database,
    `SELECT access_keys.id, access_key_id FROM access_keys JOIN projects ON projects.id = project_id
     WHERE slug = 'demo' AND state = 'REVOKED' ORDER BY access_keys.created_at DESC LIMIT 1`,
  );
  const keys = "/projects/demo/object-storage/keys";
  const middleKey = await findMiddle(
    database,
    "access_keys JOIN projects ON projects.id = project_id",
    "slug = 'demo'",
  );
  const middleProject = await findMiddle(database, "projects", "true");
  const middleUser = await findMiddle(database, "users", "true");
  const part = key.access_key_id ?? "";
  return [
    page("dashboard of the project with most keys", "/projects/demo/object-storage", member),
    page("dashboard of another project", "/projects/scale-50/object-storage", admin),
    page("S3 Keys", keys, member),
    page("S3 Keys, in the middle", `${keys}?cursor=${middleKey}`, member),
    page("S3 Keys, one region", `${keys}?region=north`, member),
    page("S3 Keys, one state", `${keys}?state=FAILED`, member),
    page("S3 Keys, region and state", `${keys}?region=north&state=ACTIVE`, member),
    page("S3 Keys, a key's history", `${keys}?key=${key.id}`, member),
    page("search for 8 characters", `${keys}?search=${part.slice(6, 14)}`, member),
    page("search for 3 characters", `${keys}?search=${part.slice(6, 9)}`, member),
    page("search for what all keys begin with", `${keys}?search=${part.slice(0, 5)}`, member),
    page("search for what no key has", `${keys}?search=00000000`, member),
    page("support: a key by its id", `/support?access-key=${part}`, support),
    page("my projects", "/projects", member),
    page("account", "/account", member),
    page("administration: health", "/admin", admin),
    page("administration: users", "/admin/users", admin),
    page("administration: users, in the middle", `/admin/users?cursor=${middleUser}`, admin),
    page("administration: projects", "/admin/projects", admin),
    page("administration: projects, in the middle", `/admin/projects?cursor=${middleProject}`, admin),
    page("administration: regions", "/admin/regions", admin),
    asked("poll of the cards", "/api/projects/demo/cards", { cookie: member }),
    asked("health", "/api/health", {}),
    asked("API: all regions", "/api/v1/projects/demo/regions", { authorization: `Bearer ${tokens[0]}` }),
    asked("API: one region", "/api/v1/projects/demo/regions/north", { authorization: `Bearer ${tokens[1]}` }),
  ];
}

/** The cursor of the row in the middle of a list that is newest first, as the portal writes it into a link. */
async function findMiddle(database: Client, table: string, condition: string): Promise<string> {
  const name = table.split(" ", 1)[0];
  const { at, id } = await readOne(
    database,
    `SELECT to_char(${name}.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, ${name}.id
     FROM ${table} WHERE ${condition} ORDER BY ${name}.created_at DESC, ${name}.id DESC
     OFFSET (SELECT count(*) / 2 FROM ${table} WHERE ${condition}) LIMIT 1`,
  );
  return Buffer.from(JSON.stringify({ at, id })).toString("base64url");
}

async function readOne(database: Client, sql: string): Promise<Record<string, string>> {
  const { rows } = await database.query<Record<string, string>>(sql);
  if (!rows[0]) throw new Error(`no row: ${sql}`);
  return rows[0];
}
