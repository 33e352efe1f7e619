-- What an admin should know of a region, and a rotation of its credentials that is not finished.
ALTER TABLE "regions" ADD COLUMN "warnings" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "regions" ADD COLUMN "sealed_rotation" BYTEA;
ALTER TABLE "regions" ADD COLUMN "rotating_until" TIMESTAMPTZ(3);
