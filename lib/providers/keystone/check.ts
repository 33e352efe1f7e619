import { randomUUID } from "node:crypto";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { expectClock } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import { acceptsKey } from "@/lib/providers/probe-answers";
import { warnOfRelease } from "@/lib/providers/keystone/advisories";
import { assertMaySeeCredentials } from "@/lib/providers/keystone/credentials";
import { callIdentity, readBody } from "@/lib/providers/keystone/identity-api";
import { catalogueReplySchema } from "@/lib/providers/keystone/replies";
import { assertDomain, findProject, findRobot, findRole } from "@/lib/providers/keystone/robots";
import { openSession } from "@/lib/providers/keystone/session";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";
import { type Capability, checkAdmin } from "@/lib/providers/rgw-admin/check-admin";

const READS: Capability[] = [
  ["users", "read"],
  ["buckets", "read"],
];
const SUSPENDS: Capability[] = [...READS, ["users", "write"]];

/**
 * Throws, in words for an admin, what is wrong: the address, the credential, a right that it lacks, a clock, the
 * domain, the role, the Admin Ops API or a gateway. Nothing is written.
 */
export async function checkKeystone(options: KeystoneOptions, context: CallContext): Promise<CheckResult> {
  const { aheadMs } = await openSession(options);
  // Keystone itself refuses signatures whose time is 15 minutes off.
  expectClock(aheadMs);
  await assertAdmin(options, context);
  await assertDomain(options, context);
  if (!(await findRole(options, context))) throw new ProviderError("invalid", `Keystone has no role ${options.role}`);
  if (options.rgw) await checkAdmin(options.rgw, options.exclusive ? SUSPENDS : READS, context);
  await Promise.all(options.gateways.map((gateway) => checkGateway(options, gateway, context)));
  const warnings = [...warnOfRelease(options.keystoneRelease), ...(await warnOfCatalogue(options, context))];
  return { findings: {}, warnings };
}

/** Whether the service user may look at other users, projects and credentials: a plain member may at none. */
async function assertAdmin(options: KeystoneOptions, context: CallContext): Promise<void> {
  const nobody = randomUUID();
  try {
    await findRobot(options, nobody, context);
    await findProject(options, nobody, context);
    await assertMaySeeCredentials(options, context);
  } catch (error) {
    if (!(error instanceof ProviderError && error.failure === "denied")) throw error;
    const what = `may not see users, projects and credentials: give it the role admin in ${options.projectName}`;
    throw new ProviderError("denied", `the user ${options.userName} ${what}`);
  }
}

/** It need only speak S3: that it asks this Keystone shows with a key. */
async function checkGateway(options: KeystoneOptions, gateway: Gateway, context: CallContext): Promise<void> {
  const nobodys = randomText(20, ALPHANUMERIC);
  const answer = await probeS3(
    gateway,
    options.signingRegion,
    nobodys,
    new Secret(randomText(40, ALPHANUMERIC)),
    context,
  );
  if (acceptsKey(answer)) throw new ProviderError("invalid", `${gateway.name} accepts a key that nobody made`);
}

/** A catalogue need not name the S3 address, but whoever asks it for one should find this. */
async function warnOfCatalogue(options: KeystoneOptions, context: CallContext): Promise<string[]> {
  const answer = await callIdentity(options, "GET", "/auth/catalog", context);
  const { catalog } = readBody(catalogueReplySchema)(answer);
  const offered = catalog
    .filter(({ type }) => type === "s3")
    .flatMap(({ endpoints }) => endpoints.map(({ url }) => url));
  if (offered.length === 0) return ["Keystone's catalogue names no service of the type s3"];
  const known = offered.map(originOf);
  const ours = [options.endpoint, ...options.gateways.map(({ endpoint }) => endpoint)].map(originOf);
  if (ours.some((origin) => known.includes(origin))) return [];
  return [`Keystone's catalogue names other S3 addresses than the region's: ${offered.join(", ")}`];
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : url);
