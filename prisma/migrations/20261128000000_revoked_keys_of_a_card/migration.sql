-- CreateIndex
CREATE INDEX "access_keys_principal_id_slot_state_ended_at_idx" ON "access_keys"("principal_id", "slot", "state", "ended_at");
