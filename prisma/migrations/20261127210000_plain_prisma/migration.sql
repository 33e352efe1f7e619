-- AlterTable
ALTER TABLE "access_keys" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "api_tokens" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "audit_events" ALTER COLUMN "at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "installation" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "memberships" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "operations" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "principals" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "projects" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- The counters change their form. None of them is worth keeping.
DELETE FROM "rate_limits";

-- AlterTable
ALTER TABLE "rate_limits" ALTER COLUMN "points" SET DEFAULT 0,
DROP COLUMN "expire",
ADD COLUMN     "expire" BIGINT;

-- AlterTable
ALTER TABLE "regions" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "sessions" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp(),
ALTER COLUMN "last_seen_at" SET DEFAULT clock_timestamp();

-- AlterTable
ALTER TABLE "users" ALTER COLUMN "created_at" SET DEFAULT clock_timestamp();

-- CreateIndex
CREATE INDEX "operations_key_id_idx" ON "operations"("key_id");
