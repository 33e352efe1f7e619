/** What the statements of a round are sent with. */
export interface RoundValues {
  now: Date;
  /** An id before all others. */
  before: string;
  daysAgo: (days: number) => Date;
  /** The principals of one look. */
  principals: string[];
}

/** A statement as Prisma sends it. */
export interface Statement {
  text: string;
  values: unknown[];
}

/** The portal's numbers. */
const LOOKED_AT_ONCE = 500;
const SWEPT_AT_ONCE = 200;
const DELETED_AT_ONCE = 1_000;
const KEPT_DAYS = 30;
const KEPT_HOURLY_DAYS = 32;
const KEPT_DAILY_DAYS = 396;

const CLOCK: Statement = { text: "SELECT clock_timestamp() AS now", values: [] };

/** The worker's rounds. A test compares the texts with what the worker sends. */
export const ROUNDS = {
  "a look for what is unfinished": ({ now, before }: RoundValues): Statement[] => [
    CLOCK,
    CLOCK,
    CLOCK,
    CLOCK,
    CLOCK,
    {
      text: `SELECT "public"."operations"."id" FROM "public"."operations" WHERE ("public"."operations"."id" > $1 AND ("public"."operations"."state" = CAST($2::text AS "public"."operation_state") OR ("public"."operations"."state" IN (CAST($3::text AS "public"."operation_state"),CAST($4::text AS "public"."operation_state")) AND "public"."operations"."due_at" <= $5))) ORDER BY "public"."operations"."id" ASC LIMIT $6 OFFSET $7`,
      values: [before, "UNDOING", "PENDING", "DELIVERING", now, LOOKED_AT_ONCE, 0],
    },
    {
      text: `SELECT "public"."access_keys"."id" FROM "public"."access_keys" WHERE ("public"."access_keys"."id" > $1 AND "public"."access_keys"."state" = CAST($2::text AS "public"."access_key_state") AND "public"."access_keys"."ended_at" < $3 AND NOT EXISTS(SELECT "t0"."key_id" FROM "public"."bulk_revocation_keys" AS "t0" WHERE ("t0"."state" = CAST($4::text AS "public"."bulk_key_state") AND "t0"."decided_at" IS NOT NULL AND ("public"."access_keys"."id") = ("t0"."key_id") AND "t0"."key_id" IS NOT NULL))) ORDER BY "public"."access_keys"."id" ASC LIMIT $5 OFFSET $6`,
      values: [before, "REVOKING", now, "RUNNING", LOOKED_AT_ONCE, 0],
    },
    {
      text: `SELECT "public"."access_keys"."id" FROM "public"."access_keys" WHERE ("public"."access_keys"."id" > $1 AND "public"."access_keys"."state" IN (CAST($2::text AS "public"."access_key_state"),CAST($3::text AS "public"."access_key_state")) AND "public"."access_keys"."expires_at" <= $4) ORDER BY "public"."access_keys"."id" ASC LIMIT $5 OFFSET $6`,
      values: [before, "ACTIVE", "INACTIVE", now, LOOKED_AT_ONCE, 0],
    },
    {
      text: `SELECT "public"."access_keys"."id" FROM "public"."access_keys" WHERE ("public"."access_keys"."id" > $1 AND "public"."access_keys"."state" = CAST($2::text AS "public"."access_key_state") AND "public"."access_keys"."retires_at" <= $3) ORDER BY "public"."access_keys"."id" ASC LIMIT $4 OFFSET $5`,
      values: [before, "RETIRING", now, LOOKED_AT_ONCE, 0],
    },
    {
      text: `SELECT "public"."principals"."id" FROM "public"."principals" WHERE ("public"."principals"."id" > $1 AND "public"."principals"."suspended_until" < $2) ORDER BY "public"."principals"."id" ASC LIMIT $3 OFFSET $4`,
      values: [before, now, LOOKED_AT_ONCE, 0],
    },
  ],
  "a look for what to sweep": ({ before, daysAgo, principals }: RoundValues): Statement[] => {
    const list = principals.map((_id, index) => `$${index + 1}`).join(",");
    const next = principals.length + 1;
    const select = `SELECT "public"."access_keys"."principal_id" FROM "public"."access_keys" WHERE ("public"."access_keys"."principal_id" IN (${list}) AND "public"."access_keys"."ended_at"`;
    const group = `GROUP BY "public"."access_keys"."principal_id"`;
    return [
      CLOCK,
      {
        text: `SELECT "public"."principals"."id" FROM "public"."principals" WHERE "public"."principals"."id" > $1 ORDER BY "public"."principals"."id" ASC LIMIT $2 OFFSET $3`,
        values: [before, SWEPT_AT_ONCE, 0],
      },
      { text: `${select} IS NULL) ${group} OFFSET $${next}`, values: [...principals, 0] },
      {
        text: `${select} >= $${next}) ${group} OFFSET $${next + 1}`,
        values: [...principals, daysAgo(KEPT_DAYS), 0],
      },
    ];
  },
  "deleting what is kept for a time": ({ daysAgo }: RoundValues): Statement[] => [
    {
      text: `DELETE FROM "public"."sessions" WHERE ("public"."sessions"."id") IN (SELECT "public"."sessions"."id" FROM "public"."sessions" WHERE "public"."sessions"."expires_at" < $1 LIMIT $2)`,
      values: [daysAgo(KEPT_DAYS), DELETED_AT_ONCE],
    },
    {
      text: `DELETE FROM "public"."refused_sign_ins" WHERE ("public"."refused_sign_ins"."id") IN (SELECT "public"."refused_sign_ins"."id" FROM "public"."refused_sign_ins" WHERE "public"."refused_sign_ins"."minute" < $1 LIMIT $2)`,
      values: [daysAgo(KEPT_DAYS), DELETED_AT_ONCE],
    },
    deleteSamples(false, daysAgo(KEPT_HOURLY_DAYS)),
    deleteSamples(true, daysAgo(KEPT_DAILY_DAYS)),
  ],
} as const;

function deleteSamples(daily: boolean, before: Date): Statement {
  const where = `("public"."usage_samples"."daily" = $1 AND "public"."usage_samples"."hour" < $2)`;
  const key = [`"public"."usage_samples"."principal_id"`, `"public"."usage_samples"."hour"`];
  return {
    text: `DELETE FROM "public"."usage_samples" WHERE (${key.join(",")}) IN (SELECT ${key.join(", ")} FROM "public"."usage_samples" WHERE ${where} LIMIT $3)`,
    values: [daily, before, DELETED_AT_ONCE],
  };
}
