-- CreateEnum
CREATE TYPE "bulk_key_state" AS ENUM ('WAITING', 'RUNNING', 'REVOKED', 'ALREADY_ENDED', 'FAILED');

-- CreateTable
CREATE TABLE "bulk_revocations" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "started_by_id" UUID NOT NULL,
    "actor_id" UUID NOT NULL,
    "address" TEXT,
    "via" TEXT,
    "request_id" UUID NOT NULL,
    "input_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "chosen_by" TEXT NOT NULL,
    "chosen" TEXT,
    "unknown" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_revocations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_revocation_keys" (
    "id" UUID NOT NULL,
    "bulk_revocation_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "key_id" UUID NOT NULL,
    "region_id" UUID NOT NULL,
    "state" "bulk_key_state" NOT NULL DEFAULT 'WAITING',
    "failure" TEXT,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_revocation_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "bulk_revocations_created_at_id_idx" ON "bulk_revocations"("created_at", "id");

-- CreateIndex
CREATE INDEX "bulk_revocations_unfinished" ON "bulk_revocations"("id") WHERE (finished_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "bulk_revocations_started_by_id_request_id_key" ON "bulk_revocations"("started_by_id", "request_id");

-- CreateIndex
CREATE INDEX "bulk_revocation_keys_bulk_revocation_id_state_position_idx" ON "bulk_revocation_keys"("bulk_revocation_id", "state", "position");

-- CreateIndex
CREATE INDEX "bulk_revocation_keys_region_id_state_bulk_revocation_id_pos_idx" ON "bulk_revocation_keys"("region_id", "state", "bulk_revocation_id", "position");

-- CreateIndex
CREATE INDEX "bulk_revocation_keys_state_decided_at_idx" ON "bulk_revocation_keys"("state", "decided_at");

-- CreateIndex
CREATE UNIQUE INDEX "bulk_revocation_keys_bulk_revocation_id_position_key" ON "bulk_revocation_keys"("bulk_revocation_id", "position");

-- CreateIndex
CREATE UNIQUE INDEX "bulk_revocation_keys_bulk_revocation_id_key_id_key" ON "bulk_revocation_keys"("bulk_revocation_id", "key_id");

-- CreateIndex
CREATE INDEX "access_keys_created_by_id_state_idx" ON "access_keys"("created_by_id", "state");

-- CreateIndex
CREATE INDEX "access_keys_made_for_id_state_idx" ON "access_keys"("made_for_id", "state");

-- AddForeignKey
ALTER TABLE "bulk_revocations" ADD CONSTRAINT "bulk_revocations_started_by_id_fkey" FOREIGN KEY ("started_by_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_revocations" ADD CONSTRAINT "bulk_revocations_actor_id_fkey" FOREIGN KEY ("actor_id") REFERENCES "users"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_revocation_keys" ADD CONSTRAINT "bulk_revocation_keys_bulk_revocation_id_fkey" FOREIGN KEY ("bulk_revocation_id") REFERENCES "bulk_revocations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_revocation_keys" ADD CONSTRAINT "bulk_revocation_keys_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "access_keys"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bulk_revocation_keys" ADD CONSTRAINT "bulk_revocation_keys_region_id_fkey" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
