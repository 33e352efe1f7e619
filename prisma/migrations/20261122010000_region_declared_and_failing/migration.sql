-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "declared" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "failing_since" TIMESTAMPTZ(3);
