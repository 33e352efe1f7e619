import { type AuditData, type AuditEventName, EVENT_DATA } from "@/lib/audit/events";

type Describe<E extends AuditEventName> = (data: AuditData<E>) => string;

/** The part of the sentence after the actor's name. The type requires one for every event. */
const PREDICATES: { [E in AuditEventName]: Describe<E> } = {
  "session.started": () => "signed in",
  "session.refused": ({ email, reason }) =>
    reason === "rate-limit" ? `was held back after too many attempts as ${email}` : `could not sign in as ${email}`,
  "session.ended": ({ why }) => (why ? "had a session in a browser that signed in again" : "signed out"),
  "action.refused": ({ action, code }) => `was refused "${action}" (${code})`,
  "page.refused": ({ permission, project }) =>
    `was refused a page${project ? ` of the project ${project}` : ""} (${permission})`,
  "action.failed": ({ action, code }) => `tried "${action}", which failed (${code})`,
  "key.requested": ({ kind, region, accessKeyId, name, access, madeFor, expiresAt, removeAtExpiration }) => {
    const end = removeAtExpiration ? ", when it is removed" : "";
    const until = `${madeFor ? ` for ${madeFor}` : ""}${expiresAt ? `, until ${describeTime(expiresAt)}${end}` : ""}`;
    const which = name === undefined ? "" : ` named “${name}”${access === "READ_ONLY" ? " (read only)" : ""}`;
    if (kind === "REGENERATE") return `asked to regenerate the keys${which} in ${region} as ${accessKeyId}${until}`;
    return name === undefined
      ? `asked to enable CLI access in ${region} with ${accessKeyId}${until}`
      : `asked to add a key${which} in ${region}: ${accessKeyId}${until}`;
  },
  "key.committed": ({ region, accessKeyId, replaced }) =>
    replaced
      ? `put ${accessKeyId} in place of ${replaced} in ${region}`
      : `enabled CLI access in ${region} with ${accessKeyId}`,
  "key.undone": ({ accessKeyId, reason }) => `removed ${accessKeyId} again: ${reason}`,
  "key.adjusting": ({ kind, region, accessKeyId, expiresAt, reason }) => {
    const asked = {
      DEACTIVATE: `asked to switch ${accessKeyId} in ${region} off`,
      ACTIVATE: `asked to switch ${accessKeyId} in ${region} on`,
      SET_EXPIRATION: `asked that ${accessKeyId} in ${region} ${describeExpiration(expiresAt ?? null)}`,
    };
    return asked[kind] + describeReason(reason);
  },
  "key.deactivated": ({ accessKeyId, region, reason }) =>
    `switched ${accessKeyId} in ${region} off${describeReason(reason)}`,
  "key.activated": ({ accessKeyId, region }) => `switched ${accessKeyId} in ${region} on`,
  "key.expiration-set": ({ accessKeyId, region, expiresAt, revived }) =>
    `set that ${accessKeyId} in ${region} ${describeExpiration(expiresAt)}${revived ? "; it works again" : ""}`,
  "key.expired": ({ accessKeyId, region }) => `switched ${accessKeyId} in ${region} off: its date has passed`,
  "key.retiring": ({ accessKeyId, until }) => `keeps the old key ${accessKeyId} until ${describeTime(until)}`,
  "key.kept-longer": ({ accessKeyId, until }) =>
    `keeps the old key ${accessKeyId} for longer, until ${describeTime(until)}`,
  "key.revoking": ({ accessKeyId, cause, reason }) => `ended ${accessKeyId} (${cause})${describeReason(reason)}`,
  "key.revoked": ({ accessKeyId, unmeasured }) =>
    unmeasured
      ? `proved that ${accessKeyId} is removed, and waited out its time at what cannot be measured: ${unmeasured.join(", ")}`
      : `proved that ${accessKeyId} is removed and refused`,
  "key.late-removed": ({ accessKeyId, region }) => `found ${accessKeyId} in ${region} after its end and removed it`,
  "key.late-switched": ({ accessKeyId, region }) =>
    `found ${accessKeyId} in ${region} switched on and switched it off again`,
  "key.unknown-found": ({ accessKeyId, region }) => `found ${accessKeyId} in ${region}, which the portal does not know`,
  "key.missing-found": ({ accessKeyId, region }) => `did not find ${accessKeyId} in ${region}, although it is current`,
  "key.found-again": ({ accessKeyId, region }) => `found ${accessKeyId} in ${region} again`,
  "key.looked-up": ({ wanted, found }) => `looked up ${wanted}${found ? "" : ", which the portal does not know"}`,
  "bulk-revocation.started": ({ keys, by, chosen, reason }) =>
    `started to revoke ${countKeys(keys)} ${describeChoice(by, chosen)}${describeReason(reason)}`,
  "bulk-revocation.retried": ({ keys }) => `had ${countKeys(keys)} of a bulk revocation tried again`,
  "bulk-revocation.finished": ({ revoked, alreadyEnded, failed }) =>
    `finished a bulk revocation: ${revoked} revoked, ${alreadyEnded} ended before, ${failed} failed`,
  "bulk-revocation.previewed": ({ keys, by, chosen }) =>
    `looked at what a bulk revocation ${describeChoice(by, chosen)} would end: ${countKeys(keys)}`,
  "bulk-revocation.exported": ({ format }) => `exported the results of a bulk revocation as ${format.toUpperCase()}`,
  "support.searched": ({ by, wanted, found, results = 0 }) => {
    const what = { "access-key": "access keys", email: "people", project: "projects" }[by];
    const count = results > 1 ? `, and found ${results} or more` : "";
    return `searched ${what} for ${wanted === undefined ? "a text that is not kept" : `“${wanted}”`}${found ? count : ", and found nothing"}`;
  },
  "project.read": ({ slug }) => `looked at the project ${slug}, without a role in it`,
  "audit.exported": ({ format, filtered }) =>
    `exported ${filtered ? "a part of the audit log" : "the audit log"} as ${format.toUpperCase()}`,
  "user.created": ({ email }) => `created the user ${email}`,
  "user.invited": ({ email, expiresAt }) => `made a set-up link for ${email}, until ${describeTime(expiresAt)}`,
  "user.set-up": ({ email, reason }) =>
    reason === undefined
      ? `chose a password with the set-up link for ${email}`
      : `could not use a set-up link for ${email} (${reason})`,
  "user.changed": ({ email, platformRole, former }) =>
    former === undefined
      ? `changed the user ${email}`
      : `changed the platform role of ${email} from ${former ?? "none"} to ${platformRole ?? "none"}`,
  "user.password-reset": ({ email, expiresAt }) =>
    `reset the password of ${email} and made a set-up link, until ${describeTime(expiresAt)}`,
  "user.sessions-ended": ({ email }) => `ended the sessions of ${email}`,
  "user.disabled": ({ email }) => `disabled the user ${email}`,
  "user.enabled": ({ email }) => `enabled the user ${email}`,
  "user.password-changed": ({ email }) => `changed the password of ${email}`,
  "token.created": ({ email, name, project, scope, expiresAt }) =>
    `made the API token "${name}" for ${email}${describeLimits(project, scope)}, until ${expiresAt.slice(0, 10)}`,
  "token.revoked": ({ email, name }) => `revoked the API token "${name}" of ${email}`,
  "project.created": ({ slug }) => `created the project ${slug}`,
  "project.changed": ({ slug }) => `changed the project ${slug}`,
  "project.disabled": ({ slug }) => `disabled the project ${slug}`,
  "project.enabled": ({ slug }) => `enabled the project ${slug}`,
  "project.regions-set": ({ slug, regions }) =>
    `let the project ${slug} use ${regions === null ? "all regions" : describeAllowed(regions)}`,
  "operation.retried": ({ region, accessKeyId, what }) =>
    `had ${WHAT_RETRIED[what]}${accessKeyId ? ` of ${accessKeyId}` : ""} in ${region} tried again`,
  "member.set": ({ email, role }) => `made ${email} ${role}`,
  "member.added": ({ email, role }) => `added ${email} to the project as ${role}`,
  "member.role-changed": ({ email, role, former }) => `changed the role of ${email} from ${former} to ${role}`,
  "member.joined": ({ role }) => `joined the project as ${role}, as a platform admin`,
  "member.joins-seen": ({ until }) => `was told who joined the project until ${describeTime(until)}`,
  "member.removed": ({ email }) => `removed ${email} from the project`,
  "region.created": ({ name }) => `added the region ${name}`,
  "region.changed": ({ name }) => `changed the region ${name}`,
  "region.disabled": ({ name }) => `switched the region ${name} off`,
  "region.enabled": ({ name }) => `switched the region ${name} on`,
  "region.rotating": ({ name }) => `asked for new credentials of the portal in ${name}`,
  "region.rotated": ({ name }) => `saved new credentials of the portal in ${name}`,
  "region.former-ended": ({ name }) => `ended the former credentials of the portal in ${name}`,
  "region.rotation-undone": ({ name }) => `undid the rotation of the portal's credentials in ${name}`,
  "region.rotation-given-up": ({ name }) =>
    `gave up a rotation of the portal's credentials in ${name}, without a proof that the others are refused`,
  "region.tested": ({ name, provider, passed }) =>
    `tested the connection of the region ${name} (${provider}), and the check ${passed ? "passed" : "failed"}`,
  "region.checked": ({ name, passed }) => `checked the region ${name}, and the check ${passed ? "passed" : "failed"}`,
  "master-key.rotated": ({ keyId, regions }) =>
    `sealed the credentials of ${regions === 1 ? "1 region" : `${regions} regions`} with another master key, ${keyId}`,
};

function describeLimits(project: string | undefined, scope: "read" | "write" | "manage" | undefined): string {
  const place = project === undefined ? "" : `, in the project ${project}`;
  if (scope === "manage") return `${place}, for everything that the person may do`;
  return scope === "read" ? `${place}, to read only` : place;
}

const describeAllowed = (regions: string[]): string =>
  regions.length === 0 ? "no region" : `only ${regions.join(", ")}`;
const WHAT_RETRIED = { operation: "the change", revocation: "the removal", job: "a job" } as const;
const countKeys = (keys: number): string => (keys === 1 ? "1 key" : `${keys} keys`);
const describeChoice = (by: "project" | "user" | "region" | "text", chosen: string | undefined): string =>
  chosen === undefined ? "found in a text" : `of the ${by} ${chosen}`;
const describeReason = (reason: string | undefined): string => (reason ? `, saying “${reason}”` : "");
const describeTime = (iso: string): string => `${iso.slice(0, 16).replace("T", " ")} UTC`;
const describeExpiration = (expiresAt: string | null): string =>
  expiresAt === null ? "never expires" : `expires on ${describeTime(expiresAt)}`;

/** Embeddings, overrides and isolates. */
const DIRECTIONS = /[\u202A-\u202E\u2066-\u2069]/g;

/** Without the characters that turn the text around a name. */
const withoutDirections = (text: string): string => text.replaceAll(DIRECTIONS, "");

/** One stored line as a sentence. A line of another version that cannot be parsed is shown by its event name. */
export function describeEvent(line: { event: string; actorName: string | null; data: unknown }): string {
  const actor = line.actorName ?? "Someone";
  if (!isEventName(line.event)) return withoutDirections(`${actor}: ${line.event}`);
  return withoutDirections(`${actor} ${predicateOf(line.event, line.data) ?? `: ${line.event}`}.`);
}

function predicateOf<E extends AuditEventName>(event: E, stored: unknown): string | undefined {
  const data = EVENT_DATA[event].safeParse(stored);
  return data.success ? PREDICATES[event](data.data as AuditData<E>) : undefined;
}

function isEventName(name: string): name is AuditEventName {
  return Object.hasOwn(EVENT_DATA, name);
}
