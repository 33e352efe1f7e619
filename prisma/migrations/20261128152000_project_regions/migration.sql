-- AlterTable
ALTER TABLE "projects" ADD COLUMN "regions_restricted" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "project_regions" (
    "project_id" UUID NOT NULL,
    "region_id" UUID NOT NULL,

    CONSTRAINT "project_regions_pkey" PRIMARY KEY ("project_id","region_id")
);

-- CreateIndex
CREATE INDEX "project_regions_region_id_idx" ON "project_regions"("region_id");

-- AddForeignKey
ALTER TABLE "project_regions" ADD CONSTRAINT "project_regions_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_regions" ADD CONSTRAINT "project_regions_region_id_fkey" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "projects_name_trgm" ON "projects" USING GIN ("name" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "projects_slug_trgm" ON "projects" USING GIN ("slug" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "operations_open" ON "operations"("created_at", "id") WHERE (state = ANY (ARRAY['PENDING'::operation_state, 'DELIVERING'::operation_state, 'UNDOING'::operation_state]));
