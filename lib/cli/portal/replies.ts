import type { z } from "zod";
import type { issuedSchema, revokingSchema } from "@/lib/api/access-keys";
import type { retriedSchema, unfinishedSchema } from "@/lib/api/admin-operations";
import type { adminProjectDetailSchema, adminProjectSchema, projectChangedSchema } from "@/lib/api/admin-projects";
import type { managedUserSchema, setUpLinkSchema, userChangedSchema } from "@/lib/api/admin-users";
import type {
  bulkPreviewSchema,
  bulkRetriedSchema,
  revocationKeySchema,
  revocationSchema,
  startedSchema,
} from "@/lib/api/bulk-revocations";
import type { updatedSchema } from "@/lib/api/key-changes";
import type { foundKeySchema, keyDetailSchema, keySchema, supportKeySchema } from "@/lib/api/key-replies";
import type { memberSchema, membersChangedSchema } from "@/lib/api/members";
import type { problemSchema } from "@/lib/api/problems";
import type {
  providerSchema,
  regionCheckSchema,
  regionRowSchema,
  regionSavedSchema,
  regionSwitchedSchema,
} from "@/lib/api/regions";
import type { dryRunSchema } from "@/lib/api/responses";
import type { foundPersonDetailSchema, foundPersonSchema, projectOfSearchSchema } from "@/lib/api/support";
import type { accountSchema, createdSchema } from "@/lib/api/tokens";
import type { bucketSchema, pointSchema, regionUsageSchema } from "@/lib/api/usage";

/** What the API of a portal answers. */
export type AdminProject = z.infer<typeof adminProjectSchema>;
export type AdminProjectDetail = z.infer<typeof adminProjectDetailSchema>;
export type Account = z.infer<typeof accountSchema>;
export type Bucket = z.infer<typeof bucketSchema>;
export type BulkPreview = z.infer<typeof bulkPreviewSchema>;
export type BulkRetried = z.infer<typeof bulkRetriedSchema>;
export type BulkRevocation = z.infer<typeof revocationSchema>;
export type BulkRevocationKey = z.infer<typeof revocationKeySchema>;
export type BulkStarted = z.infer<typeof startedSchema>;
export type CreatedToken = z.infer<typeof createdSchema>;
export type DryRun = z.infer<typeof dryRunSchema>;
export type FoundKey = z.infer<typeof foundKeySchema>;
export type FoundProject = z.infer<typeof projectOfSearchSchema>;
export type Issued = z.infer<typeof issuedSchema>;
export type Key = z.infer<typeof keySchema>;
export type KeyDetail = z.infer<typeof keyDetailSchema>;
export type Member = z.infer<typeof memberSchema>;
export type MembersChanged = z.infer<typeof membersChangedSchema>;
export type Person = z.infer<typeof foundPersonSchema>;
export type PersonDetail = z.infer<typeof foundPersonDetailSchema>;
export type Problem = z.infer<typeof problemSchema>;
export type ProjectChanged = z.infer<typeof projectChangedSchema>;
export type Retried = z.infer<typeof retriedSchema>;
export type Provider = z.infer<typeof providerSchema>;
export type RegionCheck = z.infer<typeof regionCheckSchema>;
export type RegionRow = z.infer<typeof regionRowSchema>;
export type RegionSaved = z.infer<typeof regionSavedSchema>;
export type RegionSwitched = z.infer<typeof regionSwitchedSchema>;
export type RegionUsage = z.infer<typeof regionUsageSchema>;
export type Revoking = z.infer<typeof revokingSchema>;
export type SupportKey = z.infer<typeof supportKeySchema>;
export type SetUpLink = z.infer<typeof setUpLinkSchema>;
export type ManagedUser = z.infer<typeof managedUserSchema>;
export type UserChanged = z.infer<typeof userChangedSchema>;
export type Updated = z.infer<typeof updatedSchema>;
export type UnfinishedOperation = z.infer<typeof unfinishedSchema>;
export type UsagePoint = z.infer<typeof pointSchema>;
/** The answer to a change that was carried out before. */
export interface AlreadyDone {
  outcome: "already-done";
  message: string;
}
