import { z } from "zod";

/** Every job by name, with the schema of its payload. No payload has room for a secret. */
export const JOBS = {
  /** Undoes or carries out an operation that was neither finished nor acknowledged in its time. */
  "settle-operation": z.strictObject({ operationId: z.uuid() }),
  /** Deletes a key whose end is decided, proves its absence, and measures the refusal at every gateway. */
  "revoke-key": z.strictObject({ keyId: z.uuid() }),
  /** Ends the time of a key whose date has passed. */
  "expire-key": z.strictObject({ keyId: z.uuid() }),
  /** Ends the overlap of an old key whose time is over. */
  "retire-key": z.strictObject({ keyId: z.uuid() }),
  /** Ends the suspension of a principal when no gateway can hold a removed key any more. */
  "resume-principal": z.strictObject({ principalId: z.uuid() }),
  /** Ends the keys of bulk revocations in one region. One job a region, so that its storage system is not flooded. */
  "bulk-revoke": z.strictObject({ regionId: z.uuid() }),
  /** Compares a principal's keys on the storage system with ours, and removes keys that a late write made. */
  "sweep-principal": z.strictObject({ principalId: z.uuid() }),
  /** Has every principal swept. */
  "sweep-all": z.strictObject({}),
  /** Asks every region whether it answers. */
  "check-regions": z.strictObject({}),
  /** Collects the figures of a region that are due. One job a region, so that its storage system has one call at a time. */
  "collect-usage": z.strictObject({ regionId: z.uuid() }),
  /** Has the figures of every principal collected. */
  "note-figures": z.strictObject({}),
  /** Deletes what is kept for a time only. */
  prune: z.strictObject({}),
} as const;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]>;
export const JOB_NAMES = Object.keys(JOBS) as JobName[];

/**
 * How often a job is tried again. `sweep-all` enqueues sweeps every hour, so those need few retries. A look finds figures
 * that are due.
 */
export const RETRY_LIMITS: Record<JobName, number> = {
  "settle-operation": 1_000,
  "revoke-key": 1_000,
  "expire-key": 1_000,
  "retire-key": 1_000,
  "resume-principal": 1_000,
  "bulk-revoke": 1_000,
  "sweep-principal": 5,
  "sweep-all": 1,
  "check-regions": 1,
  "collect-usage": 1,
  "note-figures": 1,
  prune: 1,
};
