-- AlterTable
ALTER TABLE "audit_events" ADD COLUMN     "via" TEXT;
