-- For whom a key was made, where that was said.
ALTER TABLE "access_keys" ADD COLUMN     "made_for_id" UUID;

ALTER TABLE "access_keys" ADD CONSTRAINT "access_keys_made_for_id_fkey" FOREIGN KEY ("made_for_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
