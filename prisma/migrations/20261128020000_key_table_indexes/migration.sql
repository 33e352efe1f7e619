-- A trusted extension since PostgreSQL 13: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- CreateIndex
CREATE INDEX "access_keys_project_id_region_id_created_at_id_idx" ON "access_keys"("project_id", "region_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_keys_project_id_state_created_at_id_idx" ON "access_keys"("project_id", "state", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_keys_project_id_region_id_state_created_at_id_idx" ON "access_keys"("project_id", "region_id", "state", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_keys_access_key_id_trgm" ON "access_keys" USING GIN ("access_key_id" gin_trgm_ops);
