-- What a region's clients need, found out at its check.
ALTER TABLE "regions" ADD COLUMN "plain_uploads" BOOLEAN;
