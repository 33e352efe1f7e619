-- Counters of attempts are no change of anybody's: they need not be on the disk before the answer.
ALTER TABLE "rate_limits" SET UNLOGGED;
