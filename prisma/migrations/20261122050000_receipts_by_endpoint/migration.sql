-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "calibrating_until" TIMESTAMPTZ(3);

-- DropIndex
DROP INDEX "receipts_key_id_gateway_key";

-- AlterTable
ALTER TABLE "receipts" ADD COLUMN     "endpoint" TEXT,
ADD COLUMN     "sampled" BOOLEAN;

-- The address of a receipt that is there already is not known any more: its name stands for it.
UPDATE "receipts" SET "endpoint" = "gateway", "sampled" = false;

-- AlterTable
ALTER TABLE "receipts" ALTER COLUMN "endpoint" SET NOT NULL,
ALTER COLUMN "sampled" SET NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "receipts_key_id_endpoint_key" ON "receipts"("key_id", "endpoint");
