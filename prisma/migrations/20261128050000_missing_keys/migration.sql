-- AlterTable
ALTER TABLE "access_keys" ADD COLUMN     "missing_since" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "sampled_after" UUID,
ADD COLUMN     "sampled_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "access_keys_missing" ON "access_keys"("region_id", "principal_id") WHERE (missing_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "access_keys_missing_of_project" ON "access_keys"("project_id") WHERE (missing_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "principals_region_id_id_idx" ON "principals"("region_id", "id");
