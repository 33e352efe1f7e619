-- A token may be limited to a project and to reading. Tokens that exist work in every project of their person, as before.
CREATE TYPE "token_scope" AS ENUM ('read', 'write');

ALTER TABLE "api_tokens" ADD COLUMN     "project_id" UUID,
ADD COLUMN     "scope" "token_scope" NOT NULL DEFAULT 'write';

ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
