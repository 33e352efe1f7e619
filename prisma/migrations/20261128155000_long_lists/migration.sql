-- The newest projects of a person, for the switcher.
DROP INDEX "memberships_user_id_idx";
CREATE INDEX "memberships_user_id_created_at_project_id_idx" ON "memberships"("user_id", "created_at", "project_id");
