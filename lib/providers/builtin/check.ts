import { ALPHANUMERIC, randomText, UPPER_DIGITS } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { type BuiltinAccess, callAdmin, codeOf, readBody } from "@/lib/providers/builtin/call-admin";
import { regionReplySchema } from "@/lib/providers/builtin/admin-api";
import { assertClock } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";

/**
 * Checks the address, the token, the region, its store, the clock and the gateways. Throws a `ProviderError` whose message tells
 * an admin which of them is wrong.
 */
export async function checkBuiltin(
  access: BuiltinAccess,
  region: { name: string; signingRegion: string; path: string; store: string | undefined },
  gateways: Gateway[],
  context: CallContext,
): Promise<CheckResult> {
  const answer = await callAdmin(access, "GET", region.path, context);
  if (answer.status === 401)
    throw new ProviderError("denied", "the storage system refuses the admin token", { status: 401 });
  if (codeOf(answer) === "NoSuchRegion") throw new ProviderError("invalid", `the server has no region ${region.name}`);
  if (answer.status !== 200)
    throw new ProviderError("invalid", `no admin API of a built-in server answers at ${access.adminUrl}`);
  const { signingRegion, time, folder, store, lost } = readBody(regionReplySchema)(answer);
  if (lost) throw new ProviderError("invalid", lost);
  if (store !== undefined && region.store !== undefined && store !== region.store) {
    const where = folder ? `the folder ${folder}` : "its folder";
    throw new ProviderError("invalid", `${where} holds another store than the one of this region's keys`);
  }
  if (signingRegion !== region.signingRegion)
    throw new ProviderError("invalid", `the server signs for ${signingRegion}`);
  assertClock(Date.parse(time) - Date.now());
  await Promise.all(gateways.map((gateway) => checkGateway(gateway, signingRegion, context)));
  return { findings: store ? { store } : {}, warnings: [] };
}

/** Probes with a random id: an S3 server answers that it does not know the key, another server answers otherwise. */
async function checkGateway(gateway: Gateway, signingRegion: string, context: CallContext): Promise<void> {
  const unknownId = randomText(20, UPPER_DIGITS);
  const answer = await probeS3(gateway, signingRegion, unknownId, new Secret(randomText(40, ALPHANUMERIC)), context);
  if (answer === "refused-unknown") return;
  throw new ProviderError("invalid", `${gateway.name} at ${gateway.endpoint} does not answer as an S3 server would`);
}
