-- AlterTable
ALTER TABLE "memberships" ADD COLUMN "joins_seen_until" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "joins" (
    "id" UUID NOT NULL,
    "project_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "joins_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "joins_project_id_created_at_idx" ON "joins"("project_id", "created_at");

-- AddForeignKey
ALTER TABLE "joins" ADD CONSTRAINT "joins_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "joins" ADD CONSTRAINT "joins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
