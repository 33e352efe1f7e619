-- CreateIndex
CREATE INDEX "access_keys_created_at_id_idx" ON "access_keys"("created_at", "id");

-- CreateIndex
CREATE INDEX "access_keys_created_by_id_created_at_id_idx" ON "access_keys"("created_by_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "access_keys_made_for_id_created_at_id_idx" ON "access_keys"("made_for_id", "created_at", "id");
