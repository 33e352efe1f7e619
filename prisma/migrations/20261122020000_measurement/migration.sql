-- AlterTable
ALTER TABLE "regions" ADD COLUMN     "calibration" JSONB,
ADD COLUMN     "calibrated_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "principals" ADD COLUMN     "suspended_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "receipts" ADD COLUMN     "asked_at" TIMESTAMPTZ(3);

-- CreateIndex
CREATE INDEX "principals_suspended_until_idx" ON "principals"("suspended_until");
