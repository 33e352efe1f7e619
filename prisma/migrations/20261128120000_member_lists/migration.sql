-- CreateIndex
CREATE INDEX "memberships_project_id_created_at_user_id_idx" ON "memberships"("project_id", "created_at", "user_id");

-- CreateIndex
CREATE INDEX "memberships_project_id_role_idx" ON "memberships"("project_id", "role");
