-- CreateIndex
CREATE INDEX "access_keys_principal_id_ended_at_idx" ON "access_keys"("principal_id", "ended_at");
