import type { Client } from "pg";
import { runAdmin } from "../../fixtures/admin";
import type { PortalFacts } from "../../fixtures/portal";
import { requestSession } from "../../fixtures/portal-client";
import { sendHttp } from "../signed-http";

/** A request whose time is measured. */
export interface Measured {
  name: string;
  /** p95 is to be at most this. */
  aimMs?: number;
  run: () => Promise<void>;
}

/** Cookies and tokens of the people who send the requests. */
export interface Callers {
  member: string;
  support: string;
  admin: string;
  /** An admin of 10,000 projects. */
  owner: string;
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
    owner: await session("admin"),
    tokens: [await createToken("member+"), await createToken("admin")],
  };
}

const LIST_AIM_MS = 150;
const AUDIT_AIM_MS = 300;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The lists of 10,000 users, projects, members, and projects of one person. */
const composeLists = ({
  middleUser,
  middleProject,
  middleMember,
}: Record<string, string>): [string, string, ListCaller][] => [
  ["administration: users", "/admin/users", "admin"],
  ["administration: users, in the middle", `/admin/users?cursor=${middleUser}`, "admin"],
  ["administration: users, a search", "/admin/users?search=scale-77", "admin"],
  ["administration: projects", "/admin/projects", "admin"],
  ["administration: projects, in the middle", `/admin/projects?cursor=${middleProject}`, "admin"],
  ["administration: projects, a search", "/admin/projects?search=scale-77", "admin"],
  ["members", "/projects/demo/members", "owner"],
  ["members, in the middle", `/projects/demo/members?cursor=${middleMember}`, "owner"],
  ["members, a search", "/projects/demo/members?search=scale-77", "owner"],
  ["members, a search for nobody", "/projects/demo/members?search=nobody", "owner"],
  ["my projects, and the switcher", "/projects", "owner"],
  ["my projects, a search", "/projects?search=scale%2077", "owner"],
  ["my projects, a search for none", "/projects?search=nothing", "owner"],
];
type ListCaller = "admin" | "owner";

/** The filters of the audit log, alone and in pairs. */
const composeAuditFilters = (accessKey: string): [string, Record<string, string>][] => {
  const day = (ago: number) => new Date(Date.now() - ago * DAY_MS).toISOString().slice(0, 10);
  const year = { from: day(400), to: day(300) };
  return [
    ["no filter", {}],
    ["who", { who: "Scale 77" }],
    ["who, a person who did most", { who: "admin@" }],
    ["what", { event: "key.revoked" }],
    ["what, seldom", { event: "key.unknown-found" }],
    ["what, never", { event: "region.disabled" }],
    ["outcome", { outcome: "failed" }],
    ["region", { region: "north" }],
    ["project", { project: "scale-50" }],
    ["access key", { accessKey }],
    ["times", year],
    ["what and outcome", { event: "key.revoked", outcome: "failed" }],
    ["what and outcome, never", { event: "key.unknown-found", outcome: "failed" }],
    ["what and region", { event: "key.unknown-found", region: "north" }],
    ["what and times", { event: "key.revoked", ...year }],
    ["project and what", { project: "demo", event: "key.unknown-found" }],
    ["project and outcome", { project: "demo", outcome: "refused" }],
    ["project and who", { project: "demo", who: "Scale 77" }],
    ["who and what", { who: "Scale 77", event: "key.revoked" }],
    ["who and what, never", { who: "admin@", event: "region.disabled" }],
    ["who and outcome", { who: "admin@", outcome: "refused" }],
    ["who and region", { who: "Scale 77", region: "north" }],
    ["region and outcome", { region: "north", outcome: "refused" }],
    ["region and times", { region: "north", ...year }],
    ["outcome and times", { outcome: "refused", ...year }],
  ];
};

/** Every page, poll, list, search and reading call of the API, at the present content of the database. */
export async function composeRequests(url: string, callers: Callers, database: Client): Promise<Measured[]> {
  const { member, support, admin, tokens } = callers;
  const asked = (name: string, path: string, headers: Record<string, string>, aimMs?: number): Measured => ({
    name,
    ...(aimMs === undefined ? {} : { aimMs }),
    async run() {
      const { status, body } = await sendHttp("GET", new URL(path, url), headers);
      if (status !== 200) throw new Error(`${path} was answered with ${status}: ${body.slice(0, 200)}`);
    },
  });
  const page = (name: string, path: string, cookie: string, aimMs?: number) =>
    asked(name, path, { cookie, accept: "text/html" }, aimMs);
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
  const middleMember = await findMiddle(
    database,
    "memberships JOIN projects ON projects.id = project_id",
    "slug = 'demo'",
    "user_id",
  );
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
    page("support: 8 characters of a key", `/support?by=access-key&text=${part.slice(6, 14)}`, support),
    page("support: 3 characters of a key", `/support?by=access-key&text=${part.slice(6, 9)}`, support),
    page("support: what all keys begin with", `/support?by=access-key&text=${part.slice(0, 5)}`, support),
    page("support: a part of an e-mail address", "/support?by=email&text=scale-77", support),
    page("support: a part of a project", "/support?by=project&text=scale-77", support),
    page("account", "/account", member),
    page("administration: health", "/admin", admin),
    page("administration: regions", "/admin/regions", admin),
    ...composeLists({ middleUser, middleProject, middleMember }).map(([name, path, by]) =>
      page(name, path, callers[by], LIST_AIM_MS),
    ),
    ...composeAuditFilters(part).map(([name, query]) =>
      page(`audit log: ${name}`, `/admin/audit-log?${new URLSearchParams(query).toString()}`, admin, AUDIT_AIM_MS),
    ),
    page("activity of the project with most keys", "/projects/demo/activity?event=key.revoked", admin, AUDIT_AIM_MS),
    asked("poll of the cards", "/api/projects/demo/cards", { cookie: member }),
    asked("health", "/api/health", {}),
    asked("API: all regions", "/api/v1/projects/demo/regions", { authorization: `Bearer ${tokens[0]}` }),
    asked("API: one region", "/api/v1/projects/demo/regions/north", { authorization: `Bearer ${tokens[1]}` }),
  ];
}

/** The cursor of the row in the middle of a list that is newest first, as the portal writes it into a link. */
async function findMiddle(database: Client, table: string, condition: string, id = "id"): Promise<string> {
  const name = table.split(" ", 1)[0];
  const middle = await readOne(
    database,
    `SELECT to_char(${name}.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, ${name}.${id} AS id
     FROM ${table} WHERE ${condition} ORDER BY ${name}.created_at DESC, ${name}.${id} DESC
     OFFSET (SELECT count(*) / 2 FROM ${table} WHERE ${condition}) LIMIT 1`,
  );
  return Buffer.from(JSON.stringify({ at: middle.at, id: middle.id })).toString("base64url");
}

async function readOne(database: Client, sql: string): Promise<Record<string, string>> {
  const { rows } = await database.query<Record<string, string>>(sql);
  if (!rows[0]) throw new Error(`no row: ${sql}`);
  return rows[0];
}
