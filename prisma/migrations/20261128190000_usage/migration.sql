-- CreateTable
CREATE TABLE "usage_figures" (
    "principal_id" UUID NOT NULL,
    "region_id" UUID NOT NULL,
    "buckets" INTEGER,
    "objects" BIGINT,
    "bytes" BIGINT,
    "quota_bytes" BIGINT,
    "quota_objects" BIGINT,
    "as_of" TIMESTAMPTZ(3),
    "asked_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
    "failing_since" TIMESTAMPTZ(3),

    CONSTRAINT "usage_figures_pkey" PRIMARY KEY ("principal_id")
);

-- CreateTable
CREATE TABLE "usage_samples" (
    "principal_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,
    "buckets" INTEGER NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "quota_bytes" BIGINT,
    "quota_objects" BIGINT,
    "daily" BOOLEAN NOT NULL,

    CONSTRAINT "usage_samples_pkey" PRIMARY KEY ("principal_id","hour")
);

-- CreateTable
-- The names have one order on every server, which is also the portal's.
CREATE TABLE "stored_buckets" (
    "principal_id" UUID NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "objects" BIGINT NOT NULL,
    "bytes" BIGINT NOT NULL,

    CONSTRAINT "stored_buckets_pkey" PRIMARY KEY ("principal_id","name")
);

-- CreateIndex
CREATE INDEX "usage_figures_region_id_due_at_idx" ON "usage_figures"("region_id", "due_at");

-- CreateIndex
CREATE INDEX "usage_samples_daily_hour_idx" ON "usage_samples"("daily", "hour");

-- CreateIndex
CREATE INDEX "stored_buckets_principal_id_bytes_name_idx" ON "stored_buckets"("principal_id", "bytes", "name");

-- CreateIndex
CREATE INDEX "stored_buckets_principal_id_objects_name_idx" ON "stored_buckets"("principal_id", "objects", "name");

-- CreateIndex
CREATE INDEX "stored_buckets_principal_id_created_at_name_idx" ON "stored_buckets"("principal_id", "created_at", "name");

-- CreateIndex
CREATE INDEX "stored_buckets_name_trgm" ON "stored_buckets" USING GIN ("name" gin_trgm_ops);

-- AddForeignKey
ALTER TABLE "usage_figures" ADD CONSTRAINT "usage_figures_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "principals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_figures" ADD CONSTRAINT "usage_figures_region_id_fkey" FOREIGN KEY ("region_id") REFERENCES "regions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "usage_samples" ADD CONSTRAINT "usage_samples_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "principals"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "stored_buckets" ADD CONSTRAINT "stored_buckets_principal_id_fkey" FOREIGN KEY ("principal_id") REFERENCES "principals"("id") ON DELETE CASCADE ON UPDATE CASCADE;
