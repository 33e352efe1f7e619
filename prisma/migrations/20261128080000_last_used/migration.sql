-- When a key was last used, and when the storage system was asked for it. Null where it does not tell.
ALTER TABLE "access_keys" ADD COLUMN     "last_used_as_of" TIMESTAMPTZ(3),
ADD COLUMN     "last_used_at" TIMESTAMPTZ(3);
