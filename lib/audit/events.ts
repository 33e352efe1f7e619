import { z } from "zod";

/**
 * The vocabulary of the audit log. The stored JSON makes this file a schema: a shape may gain optional fields and
 * loses none. No shape has room for a secret.
 */
const keyFields = { region: z.string(), accessKeyId: z.string() };
const issueFields = { ...keyFields, kind: z.enum(["ENABLE", "REGENERATE"]) };
const tokenFields = {
  email: z.string(),
  name: z.string(),
  project: z.string().optional(),
  scope: z.enum(["read", "write", "manage"]).optional(),
};
const choiceFields = { by: z.enum(["project", "user", "region", "text"]), chosen: z.string().optional() };
const bulkFields = { bulkRevocation: z.uuid(), ...choiceFields };

export const EVENT_DATA = {
  /** someone signed in */
  "session.started": z.strictObject({}),
  /** a wrong password, an unknown or disabled account, or too many attempts */
  "session.refused": z.strictObject({ email: z.string(), reason: z.enum(["credentials", "rate-limit"]) }),
  /** someone signed out, or signed in again in the same browser */
  "session.ended": z.strictObject({ why: z.enum(["signed-in-again"]).optional() }),
  /** the gate said no */
  "action.refused": z.strictObject({ action: z.string(), code: z.string() }),
  /** the gate said no to a page; `project` is the slug in its address */
  "page.refused": z.strictObject({ permission: z.string(), project: z.string().max(40).optional() }),
  /** an action failed */
  "action.failed": z.strictObject({ action: z.string(), code: z.string() }),
  /** a new key was requested; written before the storage system is called */
  "key.requested": z.strictObject({
    ...issueFields,
    name: z.string().optional(),
    access: z.enum(["FULL", "READ_ONLY"]).optional(),
    /** the e-mail address of the person for whom the key is */
    madeFor: z.string().optional(),
    expiresAt: z.iso.datetime().optional(),
    removeAtExpiration: z.literal(true).optional(),
  }),
  /** the secret was acknowledged: the key is the current one */
  "key.committed": z.strictObject({ ...issueFields, replaced: z.string().optional() }),
  /** the new key was given up and is proved gone */
  "key.undone": z.strictObject({ ...issueFields, reason: z.string() }),
  /** a change of an existing key was requested; written before the storage system is called */
  "key.adjusting": z.strictObject({
    ...keyFields,
    kind: z.enum(["DEACTIVATE", "ACTIVATE", "SET_EXPIRATION"]),
    expiresAt: z.iso.datetime().nullable().optional(),
    reason: z.string().optional(),
  }),
  /** the key is switched off, and can be switched on again */
  "key.deactivated": z.strictObject({ ...keyFields, reason: z.string().optional() }),
  /** the key is switched on again */
  "key.activated": z.strictObject(keyFields),
  /** the key has another date, null for none; `revived`: it had expired and works again */
  "key.expiration-set": z.strictObject({ ...keyFields, expiresAt: z.iso.datetime().nullable(), revived: z.boolean() }),
  /** the date of the key has passed, and the key is switched off */
  "key.expired": z.strictObject(keyFields),
  /** another key took its place, and it works on until a time */
  "key.retiring": z.strictObject({ ...keyFields, until: z.iso.datetime() }),
  /** the old key of an overlap has another time */
  "key.kept-longer": z.strictObject({ ...keyFields, until: z.iso.datetime() }),
  /** the end of a key was decided */
  "key.revoking": z.strictObject({
    ...keyFields,
    cause: z.enum(["regenerated", "disabled", "expired", "retired"]),
    reason: z.string().optional(),
  }),
  /** the key is gone from the storage system, and every gateway that can be measured refuses it */
  "key.revoked": z.strictObject({ ...keyFields, unmeasured: z.array(z.string()).optional() }),
  /** an ended key was found on the storage system, and removed again */
  "key.late-removed": z.strictObject(keyFields),
  /** a key that is to be switched off was found switched on, and is switched off again */
  "key.late-switched": z.strictObject(keyFields),
  /** the storage system has a key with our tag that the portal does not know */
  "key.unknown-found": z.strictObject(keyFields),
  /** the storage system does not have a key that the portal calls current */
  "key.missing-found": z.strictObject(keyFields),
  /** the storage system has such a key again */
  "key.found-again": z.strictObject(keyFields),
  /** support looked for a key; text that is not of an access key id's form is not kept, since it may be a secret */
  "key.looked-up": z.strictObject({ wanted: z.string().max(128), found: z.boolean() }),
  /** a bulk revocation was written down; `chosen` is left out for a text, which is kept nowhere */
  "bulk-revocation.started": z.strictObject({ ...bulkFields, keys: z.int(), reason: z.string() }),
  /** its failed keys are tried again */
  "bulk-revocation.retried": z.strictObject({ bulkRevocation: z.uuid(), keys: z.int() }),
  /** no key of it waits or runs any more */
  "bulk-revocation.finished": z.strictObject({
    bulkRevocation: z.uuid(),
    revoked: z.int(),
    alreadyEnded: z.int(),
    failed: z.int(),
  }),
  /** someone looked at which keys a bulk revocation would end */
  "bulk-revocation.previewed": z.strictObject({ ...choiceFields, keys: z.int() }),
  /** someone exported the results of a bulk revocation */
  "bulk-revocation.exported": z.strictObject({ bulkRevocation: z.uuid(), format: z.enum(["ndjson", "csv"]) }),
  /**
   * support searched across projects. `wanted` is the access key, person or project that was asked for and found; other
   * texts are kept nowhere. `results` is how many were listed first, left out in lines of earlier versions. One line an
   * hour for the same search of the same person
   */
  "support.searched": z.strictObject({
    by: z.enum(["access-key", "email", "project"]),
    wanted: z.string().max(128).optional(),
    found: z.boolean(),
    results: z.int().optional(),
  }),
  /** someone of the platform read a project in which the person has no role */
  "project.read": z.strictObject({ slug: z.string() }),
  /** someone exported the audit log, or the activity of a project */
  "audit.exported": z.strictObject({ format: z.enum(["ndjson", "csv"]), filtered: z.boolean() }),
  "user.created": z.strictObject({ email: z.string(), platformRole: z.string().nullable() }),
  /** a new user has a set-up link, which works until a time */
  "user.invited": z.strictObject({ email: z.string(), expiresAt: z.iso.datetime() }),
  /** the user of a set-up link chose a password, or was refused */
  "user.set-up": z.strictObject({ email: z.string(), reason: z.string().optional() }),
  /** `former` is the role until now; left out where it stays */
  "user.changed": z.strictObject({
    email: z.string(),
    platformRole: z.string().nullable(),
    former: z.string().nullable().optional(),
  }),
  /** the password does not work any more, and the user has a set-up link, which works until a time */
  "user.password-reset": z.strictObject({ email: z.string(), expiresAt: z.iso.datetime() }),
  /** every session of the user was ended */
  "user.sessions-ended": z.strictObject({ email: z.string() }),
  "user.disabled": z.strictObject({ email: z.string() }),
  "user.enabled": z.strictObject({ email: z.string() }),
  "user.password-changed": z.strictObject({ email: z.string() }),
  /** without `project` the token works in every project of its person */
  "token.created": z.strictObject({ ...tokenFields, expiresAt: z.iso.datetime() }),
  "token.revoked": z.strictObject(tokenFields),
  "project.created": z.strictObject({ slug: z.string(), name: z.string() }),
  "project.changed": z.strictObject({ slug: z.string(), name: z.string() }),
  "project.disabled": z.strictObject({ slug: z.string() }),
  "project.enabled": z.strictObject({ slug: z.string() }),
  /** which regions the project may use, by name; null for all */
  "project.regions-set": z.strictObject({ slug: z.string(), regions: z.array(z.string()).nullable() }),
  /** an administrator had an unfinished change of keys tried again */
  "operation.retried": z.strictObject({
    region: z.string(),
    accessKeyId: z.string().optional(),
    what: z.enum(["operation", "revocation", "job"]),
  }),
  /** older lines; today they are `member.added` and `member.role-changed` */
  "member.set": z.strictObject({ email: z.string(), role: z.string() }),
  "member.added": z.strictObject({ email: z.string(), role: z.string() }),
  /** `former` is the role until now */
  "member.role-changed": z.strictObject({ email: z.string(), role: z.string(), former: z.string() }),
  /** a platform admin put themself into the project, or took a higher role in it */
  "member.joined": z.strictObject({ email: z.string(), role: z.string() }),
  /** an admin of the project was told who joined it */
  "member.joins-seen": z.strictObject({ until: z.iso.datetime() }),
  "member.removed": z.strictObject({ email: z.string() }),
  "region.created": z.strictObject({ name: z.string(), endpoint: z.string() }),
  "region.changed": z.strictObject({ name: z.string(), endpoint: z.string() }),
  "region.disabled": z.strictObject({ name: z.string() }),
  "region.enabled": z.strictObject({ name: z.string() }),
  /** new credentials of the portal itself were requested; written before the storage system is called */
  "region.rotating": z.strictObject({ name: z.string() }),
  /** the new credentials are checked and saved */
  "region.rotated": z.strictObject({ name: z.string() }),
  /** the former credentials are ended, and refused */
  "region.former-ended": z.strictObject({ name: z.string() }),
  /** the new credentials were given up, and the former ones count */
  "region.rotation-undone": z.strictObject({ name: z.string() }),
  /**
   * a rotation ended without a proof that the other credentials are refused: the region got another address or user, or
   * the regions file declares it
   */
  "region.rotation-given-up": z.strictObject({ name: z.string() }),
  /** someone had a region checked that is not saved, or a change of one */
  "region.tested": z.strictObject({ name: z.string(), provider: z.string(), passed: z.boolean() }),
  /** someone had a saved region checked now */
  "region.checked": z.strictObject({ name: z.string(), passed: z.boolean() }),
  /** all credentials were sealed with another master key; `keyId` is the beginning of its SHA-256 */
  "master-key.rotated": z.strictObject({ keyId: z.string(), regions: z.int() }),
} as const;

export type AuditEventName = keyof typeof EVENT_DATA;
export type AuditData<E extends AuditEventName> = z.infer<(typeof EVENT_DATA)[E]>;
export type AuditOutcome = "requested" | "done" | "failed" | "refused";
