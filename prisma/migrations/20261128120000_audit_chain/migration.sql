-- The region of an event, for a filter. Copied by the database, so that it always agrees with the data.
ALTER TABLE "audit_events" ADD COLUMN     "region" TEXT GENERATED ALWAYS AS ("data" ->> 'region') STORED;

-- CreateIndex
CREATE INDEX "audit_events_actor_id_at_id_idx" ON "audit_events"("actor_id", "at", "id");

-- CreateIndex
CREATE INDEX "audit_events_event_at_id_idx" ON "audit_events"("event", "at", "id");

-- CreateIndex
CREATE INDEX "audit_events_outcome_at_id_idx" ON "audit_events"("outcome", "at", "id");

-- CreateIndex
CREATE INDEX "audit_events_region_at_id_idx" ON "audit_events"("region", "at", "id");

-- CreateTable
CREATE TABLE "audit_unchained" (
    "event_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "audit_unchained_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "audit_chain" (
    "sequence" BIGINT NOT NULL,
    "event_id" UUID NOT NULL,
    "project_id" UUID,
    "previous_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_chain_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "audit_signing_keys" (
    "key_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "audit_signing_keys_pkey" PRIMARY KEY ("key_id")
);

-- CreateTable
CREATE TABLE "audit_checkpoints" (
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "key_id" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "audit_checkpoints_pkey" PRIMARY KEY ("sequence")
);

-- CreateIndex
CREATE INDEX "audit_unchained_at_event_id_idx" ON "audit_unchained"("at", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "audit_chain_event_id_key" ON "audit_chain"("event_id");

-- CreateIndex
CREATE INDEX "audit_chain_project_id_sequence_idx" ON "audit_chain"("project_id", "sequence");

-- AddForeignKey
ALTER TABLE "audit_checkpoints" ADD CONSTRAINT "audit_checkpoints_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "audit_signing_keys"("key_id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "audit_chain" ADD CONSTRAINT "audit_chain_begins_at_one" CHECK (sequence > 0);
ALTER TABLE "audit_chain" ADD CONSTRAINT "audit_chain_hashes" CHECK (length(previous_hash) = 32 AND length(hash) = 32);

-- Lines that were written before the chain are chained like all others.
INSERT INTO "audit_unchained" ("event_id", "at") SELECT "id", "at" FROM "audit_events";

-- The change's own transaction only notes that a line waits. It takes no lock of the chain.
CREATE FUNCTION note_unchained_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "audit_unchained" ("event_id", "at") SELECT "id", "at" FROM written;
  RETURN NULL;
END
$$;
CREATE TRIGGER "audit_events_wait_for_chain" AFTER INSERT ON "audit_events"
  REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_unchained_events();

-- A line waits until it is in the chain.
CREATE FUNCTION refuse_to_forget_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM "audit_chain" WHERE "event_id" = OLD."event_id") THEN
    RAISE EXCEPTION 'the line of the audit log is not in the chain';
  END IF;
  RETURN OLD;
END
$$;
CREATE TRIGGER "audit_unchained_until_chained" BEFORE DELETE ON "audit_unchained"
  FOR EACH ROW EXECUTE FUNCTION refuse_to_forget_event();

-- TRUNCATE fires no trigger of a row.
CREATE TRIGGER "audit_events_never_emptied" BEFORE TRUNCATE ON "audit_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER "audit_unchained_append_only" BEFORE UPDATE OR TRUNCATE ON "audit_unchained"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER "audit_chain_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_chain"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER "audit_checkpoints_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_checkpoints"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER "audit_signing_keys_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_signing_keys"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
