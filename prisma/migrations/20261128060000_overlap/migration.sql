-- AlterEnum
ALTER TYPE "operation_kind" ADD VALUE 'RETIRE';
ALTER TYPE "operation_kind" ADD VALUE 'KEEP_LONGER';

-- AlterTable
ALTER TABLE "access_keys" ADD COLUMN     "retires_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "overlap_seconds" INTEGER;
