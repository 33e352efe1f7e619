-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "rotation_error" TEXT;
