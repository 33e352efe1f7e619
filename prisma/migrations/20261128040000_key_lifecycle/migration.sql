-- AlterEnum
ALTER TYPE "operation_kind" ADD VALUE 'DEACTIVATE';
ALTER TYPE "operation_kind" ADD VALUE 'ACTIVATE';
ALTER TYPE "operation_kind" ADD VALUE 'SET_EXPIRATION';

-- AlterTable
ALTER TABLE "access_keys" ADD COLUMN     "modified_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "access_keys_state_expires_at_id_idx" ON "access_keys"("state", "expires_at", "id");
