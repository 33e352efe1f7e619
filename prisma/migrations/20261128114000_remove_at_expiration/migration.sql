-- A short-lived key is removed at its date instead of switched off. Keys that exist keep what their dates do.
ALTER TABLE "access_keys" ADD COLUMN     "remove_at_expiration" BOOLEAN NOT NULL DEFAULT false;
