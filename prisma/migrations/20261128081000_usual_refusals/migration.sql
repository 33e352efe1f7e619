-- How long a key of a region usually worked on after its end was decided: of those that were replaced, and of the others.
ALTER TABLE "regions" ADD COLUMN     "usual_ended_ms" INTEGER,
ADD COLUMN     "usual_replaced_ms" INTEGER;

-- The keys of a region that were revoked last.
CREATE INDEX "access_keys_region_id_state_ended_at_idx" ON "access_keys"("region_id", "state", "ended_at");
