-- AlterTable
ALTER TABLE "users" ALTER COLUMN "password_hash" DROP NOT NULL;

-- CreateTable
CREATE TABLE "set_up_links" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "withdrawn_at" TIMESTAMPTZ(3),

    CONSTRAINT "set_up_links_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "set_up_links_hash_key" ON "set_up_links"("hash");

-- CreateIndex
CREATE INDEX "set_up_links_user_id_created_at_idx" ON "set_up_links"("user_id", "created_at");

-- CreateIndex
CREATE INDEX "users_email_name_trgm" ON "users" USING GIN ("email" gin_trgm_ops, "name" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "users_platform_role_idx" ON "users"("platform_role");

-- AddForeignKey
ALTER TABLE "set_up_links" ADD CONSTRAINT "set_up_links_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
