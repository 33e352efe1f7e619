import type { Client } from "pg";
import { FULL } from "./people-and-projects";

/** The principals of the full project, numbered in the order of their regions. */
const PLACES = `places AS (
  SELECT principals.id, regions.id AS region_id, row_number() OVER (ORDER BY regions.name) AS number
  FROM principals JOIN projects ON projects.id = project_id JOIN regions ON regions.id = region_id WHERE slug = '${FULL}')`;

/** Grows over the months, with a week of much more. */
const BYTES = `(number * 3.1e11 * (1 + 12 * exp(-age / 140.0)) + CASE WHEN age BETWEEN 9 AND 15 THEN 9e11 ELSE 0 END)::bigint`;
const OBJECTS = "(number * 41000 * (1 + 9 * exp(-age / 120.0)))::bigint";

/** Many buckets in the first region, a few in the others. The longest name that S3 allows has 63 characters. */
const BUCKETS = `
  SELECT id, 'ensemble-' || lpad(i::text, 4, '0') AS name, i FROM places, generate_series(1, 1000) AS i WHERE number = 1
  UNION ALL SELECT id, name, 1001 FROM places, unnest(ARRAY['raw-lidar', 'public-downloads',
    'observations.ny-alesund.station-7.quality-controlled.level-2-v3']) AS name WHERE number = 2`;

/**
 * Writes figures, their history and buckets for the full project by SQL: nobody waits for 13 months. The worker is kept
 * from asking the storage systems again.
 */
export async function writeUsageFigures(database: Client): Promise<void> {
  await database.query(`WITH ${PLACES}
    INSERT INTO usage_figures (principal_id, region_id, buckets, objects, bytes, quota_bytes, as_of, asked_at, due_at)
    SELECT id, region_id, CASE number WHEN 1 THEN 1000 ELSE 3 END, ${OBJECTS}, ${BYTES},
      CASE number WHEN 2 THEN 9e12::bigint END, now() - interval '3 minutes', now() + interval '1 day', now() + interval '1 day'
    FROM places CROSS JOIN (SELECT 0 AS age) AS today
    ON CONFLICT (principal_id) DO UPDATE SET buckets = excluded.buckets, objects = excluded.objects,
      bytes = excluded.bytes, quota_bytes = excluded.quota_bytes, as_of = excluded.as_of, asked_at = excluded.asked_at,
      due_at = excluded.due_at`);
  await database.query(`WITH ${PLACES}, hours AS (
      SELECT date_trunc('hour', now(), 'UTC') - i * interval '1 hour' AS hour, i / 24.0 AS age
      FROM generate_series(1, 24 * 390) AS i)
    INSERT INTO usage_samples (principal_id, hour, taken_at, buckets, objects, bytes, daily)
    SELECT id, hour, hour, 3, ${OBJECTS}, ${BYTES}, extract(hour FROM hour AT TIME ZONE 'UTC') = 0 FROM places, hours
    WHERE age < 31 OR extract(hour FROM hour AT TIME ZONE 'UTC') = 0
    ON CONFLICT DO NOTHING`);
  await database.query(`WITH ${PLACES}
    INSERT INTO stored_buckets (principal_id, name, created_at, objects, bytes)
    SELECT id, name, now() - i * interval '8 hours', 17 + (i * 7919) % 100003, ((i * 104729) % 1000003) * 9000000::bigint
    FROM (${BUCKETS}) AS made ON CONFLICT DO NOTHING`);
}

/** Tells that the storage system of a region has not answered for three hours. */
export async function writeSilence(database: Client, region: string): Promise<void> {
  await database.query(
    `UPDATE usage_figures SET as_of = now() - interval '3 hours', failing_since = now() - interval '2 hours'
     WHERE region_id = (SELECT id FROM regions WHERE name = $1)`,
    [region],
  );
}
