import { randomUUID } from "node:crypto";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { assertClock, CLOCK_STEP } from "@/lib/providers/clock-skew";
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
import { gatewayStep, reportWarnings, runStep } from "@/lib/providers/steps";

const READS: Capability[] = [
  ["users", "read"],
  ["buckets", "read"],
];
const SUSPENDS: Capability[] = [...READS, ["users", "write"]];

/**
 * Checks the address, the credential and its rights, the clock, the domain, the role, the Admin Ops API and the
 * gateways. Throws a `ProviderError` whose message tells an admin which of them is wrong. Writes nothing.
 */
export async function checkKeystone(options: KeystoneOptions, context: CallContext): Promise<CheckResult> {
  const { identityUrl, userName, projectName, rgw } = options;
  const { aheadMs } = await runStep(
    context,
    {
      step: "credentials",
      passed: `Keystone at ${identityUrl} signs ${userName} in to ${projectName}`,
      remedy: "check the address, the service user and its domain, the project and its domain, and the password",
    },
    () => openSession(options),
  );
  // Keystone verifies the signatures, and refuses those whose time is 15 minutes off.
  await runStep(context, CLOCK_STEP, () => assertClock(aheadMs));
  await runStep(
    context,
    {
      step: "rights",
      passed: `${userName} may see users, projects and credentials`,
      remedy: `run openstack role add --user ${userName} --project ${projectName} admin`,
    },
    () => assertAdmin(options, context),
  );
  await runStep(
    context,
    {
      step: "storage",
      passed: `Keystone has the domain ${options.domain} and the role ${options.role}`,
      remedy: "openstack domain list and openstack role list show what there is; give the id of the domain",
    },
    async () => {
      await assertDomain(options, context);
      if (!(await findRole(options, context)))
        throw new ProviderError("invalid", `Keystone has no role ${options.role}`);
    },
  );
  if (rgw) await checkAdmin(rgw, options.exclusive ? SUSPENDS : READS, context);
  await Promise.all(
    options.gateways.map((gateway) =>
      runStep(context, gatewayStep(gateway), () => checkGateway(options, gateway, context)),
    ),
  );
  const holes = warnOfRelease(options.keystoneRelease);
  reportWarnings(context, "version", holes, "no known vulnerability is open in Keystone");
  const catalogue = await warnOfCatalogue(options, context);
  reportWarnings(context, "storage", catalogue, "Keystone's catalogue names the region's address");
  return { findings: {}, warnings: [...holes, ...catalogue] };
}

/** Checks that the service user may read other users, projects and credentials, which a plain member may not. */
async function assertAdmin(options: KeystoneOptions, context: CallContext): Promise<void> {
  const unknown = randomUUID();
  try {
    await findRobot(options, unknown, context);
    await findProject(options, unknown, context);
    await assertMaySeeCredentials(options, context);
  } catch (error) {
    if (!(error instanceof ProviderError && error.failure === "denied")) throw error;
    const what = `may not see users, projects and credentials: give it the role admin in ${options.projectName}`;
    throw new ProviderError("denied", `the user ${options.userName} ${what}`);
  }
}

/** Checks that the gateway speaks S3. Only the calibration, which has a live key, shows that it asks this Keystone. */
async function checkGateway(options: KeystoneOptions, gateway: Gateway, context: CallContext): Promise<void> {
  const unknownId = randomText(20, ALPHANUMERIC);
  const answer = await probeS3(
    gateway,
    options.signingRegion,
    unknownId,
    new Secret(randomText(40, ALPHANUMERIC)),
    context,
  );
  if (acceptsKey(answer)) throw new ProviderError("invalid", `${gateway.name} accepts a key that does not exist`);
}

/** The portal does not need the catalogue, but users who look up the S3 address there should find this region's. */
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
