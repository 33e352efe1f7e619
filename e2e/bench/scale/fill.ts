import type { Client } from "pg";

/** A project for so many keys. One key in ten belongs to the project `demo` instead. */
const KEYS_A_PROJECT = 100;
/** One session, and one count of refused sign-ins, for so many keys. */
const KEYS_A_SESSION = 10;

const TABLES = [
  ...["projects", "users", "memberships", "principals", "access_keys", "receipts", "operations"],
  ...["audit_events", "sessions", "refused_sign_ins"],
];

/** Two years of history. The numbers spread the keys evenly over it, in another order than that of their creation. */
const CREATED_AT = "now() - interval '2 years' * (((i * 7919) % 1000003) / 1000003.0) - interval '1 day'";
const ENDED_AT = `least(${CREATED_AT} + interval '20 days', now() - interval '1 hour')`;

const NUMBERS = "generate_series($1::bigint + 1, $2::bigint) AS i";
/** The project and the region of key number i. */
const PLACE = `
  CASE WHEN i % 10 = 0 THEN 'demo' ELSE 'scale-' || (i - 1) / ${KEYS_A_PROJECT} END AS slug,
  (CASE WHEN i % 10 = 0 THEN i / 10 ELSE i END) % 2 AS region`;
/** In each region, a project has one key that works. The others are past. */
const STATE = `CASE WHEN i IN (10, 20) OR i % ${KEYS_A_PROJECT} IN (98, 99) THEN 'ACTIVE'
  WHEN i % 17 = 0 THEN 'FAILED' ELSE 'REVOKED' END`;
/** 20 characters, with the marker of this installation. */
const ACCESS_KEY_ID = `'LK' || marker ||
  left(upper(regexp_replace(encode(sha256(convert_to(i::text, 'UTF8')), 'base64'), '[^A-Za-z0-9]', '', 'g')), 15)`;

const STATEMENTS: [what: string, sql: string][] = [
  [
    "projects",
    `INSERT INTO projects (id, slug, name, created_at)
     SELECT uuidv7(), 'scale-' || i, 'Scale ' || i, now() - interval '2 years' + i * interval '1 hour'
     FROM generate_series($1::bigint / ${KEYS_A_PROJECT}, $2::bigint / ${KEYS_A_PROJECT} - 1) AS i`,
  ],
  [
    "people",
    `INSERT INTO users (id, email, name, password_hash)
     SELECT uuidv7(), slug || '@latchkey.localhost', name, 'none' FROM projects
     WHERE slug LIKE 'scale-%' ON CONFLICT DO NOTHING`,
  ],
  [
    "memberships",
    `INSERT INTO memberships (project_id, user_id, role)
     SELECT projects.id, users.id, 'member+' FROM projects
     JOIN users ON users.email = projects.slug || '@latchkey.localhost' ON CONFLICT DO NOTHING`,
  ],
  [
    "members of one project",
    `INSERT INTO memberships (project_id, user_id, role)
     SELECT projects.id, users.id, 'member+' FROM projects CROSS JOIN users
     WHERE slug = 'demo' AND email LIKE 'scale-%' ON CONFLICT DO NOTHING`,
  ],
  [
    "projects of one person",
    `INSERT INTO memberships (project_id, user_id, role)
     SELECT projects.id, users.id, 'admin' FROM projects CROSS JOIN users
     WHERE slug LIKE 'scale-%' AND email = 'owner@latchkey.localhost' ON CONFLICT DO NOTHING`,
  ],
  [
    "principals",
    `INSERT INTO principals (id, project_id, region_id, external_id)
     SELECT uuidv7(), projects.id, regions.id, 'lk-' || projects.id FROM projects CROSS JOIN regions
     ON CONFLICT DO NOTHING`,
  ],
  [
    "keys",
    `WITH numbered AS (
       SELECT i, ${PLACE}, ${STATE} AS state, ${CREATED_AT} AS created_at, ${ENDED_AT} AS ended_at FROM ${NUMBERS}),
     placed AS (SELECT id, name, row_number() OVER (ORDER BY name) - 1 AS place FROM regions),
     maker AS (SELECT id FROM users ORDER BY created_at LIMIT 1)
     INSERT INTO access_keys (id, project_id, region_id, principal_id, access_key_id, state, created_at, created_by_id,
       activated_at, ended_at, ended_by_id, end_reason, removed_at)
     SELECT uuidv7(numbered.created_at - now()), projects.id, placed.id, principals.id, ${ACCESS_KEY_ID},
       state::access_key_state, numbered.created_at, maker.id, numbered.created_at,
       CASE WHEN state <> 'ACTIVE' THEN ended_at END, CASE WHEN state <> 'ACTIVE' THEN maker.id END,
       CASE WHEN state <> 'ACTIVE' THEN 'regenerated' END, CASE WHEN state <> 'ACTIVE' THEN ended_at END
     FROM numbered JOIN projects USING (slug) JOIN placed ON placed.place = numbered.region
     JOIN principals ON principals.project_id = projects.id AND principals.region_id = placed.id
     CROSS JOIN maker CROSS JOIN (SELECT marker FROM installation) AS own
     ON CONFLICT DO NOTHING`,
  ],
  [
    "receipts",
    `INSERT INTO receipts (id, key_id, gateway, endpoint, sampled, removed_at, last_accepted_at, first_refused_at)
     SELECT uuidv7(), keys.id, regions.name, regions.endpoint, false, keys.removed_at, keys.removed_at,
       keys.removed_at + interval '200 ms'
     FROM access_keys AS keys JOIN regions ON regions.id = keys.region_id
     WHERE keys.state = 'REVOKED' ON CONFLICT DO NOTHING`,
  ],
  [
    "operations",
    `INSERT INTO operations (id, kind, state, actor_id, request_id, input_hash, project_id, region_id, principal_id,
       key_id, fence, created_at, finished_at)
     SELECT uuidv7(keys.created_at - now()), 'REGENERATE', 'DONE', keys.created_by_id, gen_random_uuid(), 'none',
       keys.project_id, keys.region_id, keys.principal_id, keys.id, 1, keys.created_at, keys.created_at
     FROM access_keys AS keys WHERE NOT EXISTS (SELECT FROM operations WHERE operations.key_id = keys.id)`,
  ],
  [
    "audit rows",
    `INSERT INTO audit_events (id, at, event, outcome, actor_id, actor_name, project_id, key_id, data)
     SELECT uuidv7(keys.created_at - now()), keys.created_at,
       CASE WHEN number % 1000 = 1 THEN 'key.unknown-found' WHEN number % 3 = 0 THEN 'key.revoked' ELSE 'key.committed' END,
       CASE WHEN number % 500 = 2 THEN 'refused' WHEN number % 50 = 3 THEN 'failed' ELSE 'done' END,
       CASE WHEN number % 20 = 0 THEN people.id ELSE keys.created_by_id END,
       CASE WHEN number % 20 = 0 THEN people.name ELSE 'Mia Member' END, keys.project_id, keys.id,
       jsonb_build_object('region', regions.name, 'accessKeyId', keys.access_key_id, 'kind', 'REGENERATE')
     FROM access_keys AS keys JOIN regions ON regions.id = keys.region_id
     JOIN projects ON projects.id = keys.project_id
     LEFT JOIN users AS people ON people.email = projects.slug || '@latchkey.localhost'
     CROSS JOIN LATERAL (SELECT abs(hashtext(keys.access_key_id)) AS number) AS numbered
     WHERE NOT EXISTS (SELECT FROM audit_events WHERE audit_events.key_id = keys.id)`,
  ],
  [
    "sessions",
    `INSERT INTO sessions (id, user_id, created_at, expires_at, last_seen_at)
     SELECT uuidv7(), (SELECT id FROM users ORDER BY created_at LIMIT 1), ${CREATED_AT}, ${CREATED_AT} + interval '12 h',
       ${CREATED_AT}
     FROM ${NUMBERS} WHERE i % ${KEYS_A_SESSION} = 0`,
  ],
  [
    "refused sign-ins",
    `INSERT INTO refused_sign_ins (id, minute, account, network, count)
     SELECT uuidv7(), date_trunc('minute', ${CREATED_AT}), 'scale-' || i, '192.0.2.1', 3
     FROM ${NUMBERS} WHERE i % ${KEYS_A_SESSION} = 0 ON CONFLICT DO NOTHING`,
  ],
];

/**
 * Fills a portal's database from `from` keys to `to` keys, and everything that belongs to them: an operation, an audit
 * row and a receipt for each. `database` is a connection of the superuser, so that foreign keys need no check. Indexes
 * that are not unique are made anew afterwards, which is faster.
 */
export async function fill(database: Client, from: number, to: number, tell: (line: string) => void): Promise<void> {
  await database.query("SET session_replication_role = replica; SET synchronous_commit = off");
  await database.query("SET maintenance_work_mem = '256MB'; SET work_mem = '128MB'");
  const { rows: dropped } = await database.query<{ indexname: string; indexdef: string }>(
    `SELECT indexname, indexdef FROM pg_indexes
     WHERE schemaname = 'public' AND tablename = ANY($1) AND indexdef LIKE 'CREATE INDEX%'`,
    [["access_keys", "operations", "audit_events"]],
  );
  for (const { indexname } of dropped) await database.query(`DROP INDEX "${indexname}"`);
  for (const [what, sql] of STATEMENTS) {
    const { rowCount } = await database.query(sql, sql.includes("$1") ? [from, to] : []);
    tell(`${rowCount ?? 0} ${what}`);
  }
  for (const { indexname, indexdef } of dropped) {
    await database.query(indexdef);
    tell(indexname);
  }
  for (const table of TABLES) await database.query(`VACUUM ANALYZE ${table}`);
  await database.query("CHECKPOINT");
  tell("statistics");
}
