-- Keys with a name and an access level beside the default one. An operation knows the slot that it is about.
CREATE TYPE "access_level" AS ENUM ('FULL', 'READ_ONLY');

ALTER TABLE "access_keys" ADD COLUMN "access" "access_level" NOT NULL DEFAULT 'FULL';

ALTER TABLE "operations" ADD COLUMN "slot" TEXT NOT NULL DEFAULT 'default';

CREATE INDEX "operations_principal_id_slot_created_at_idx" ON "operations"("principal_id", "slot", "created_at");
DROP INDEX "operations_principal_id_created_at_idx";

-- The key table, filtered by name and by creator.
CREATE INDEX "access_keys_project_id_slot_created_at_id_idx" ON "access_keys"("project_id", "slot", "created_at", "id");
CREATE INDEX "access_keys_project_id_created_by_id_created_at_id_idx" ON "access_keys"("project_id", "created_by_id", "created_at", "id");
