import { ALPHANUMERIC, randomText, UPPER_DIGITS } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { type BuiltinAccess, callAdmin, codeOf, readBody } from "@/lib/providers/builtin/call-admin";
import { regionReplySchema } from "@/lib/providers/builtin/admin-api";
import { assertClock, CLOCK_STEP } from "@/lib/providers/clock-skew";
import { ProviderError } from "@/lib/providers/errors";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, CheckResult, Gateway } from "@/lib/providers/provider";
import { gatewayStep, runStep } from "@/lib/providers/steps";

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
  const answer = await runStep(
    context,
    {
      step: "address",
      passed: `a built-in server answers at ${access.adminUrl}`,
      remedy: "check the admin address, and that the server runs",
    },
    async () => {
      const answered = await callAdmin(access, "GET", region.path, context);
      if (answered.status === 200 || answered.status === 401 || codeOf(answered) === "NoSuchRegion") return answered;
      throw new ProviderError("invalid", `no admin API of a built-in server answers at ${access.adminUrl}`);
    },
  );
  await runStep(
    context,
    {
      step: "credentials",
      passed: "the server accepts the admin token",
      remedy: "give the value of LATCHKEY_S3_ADMIN_TOKEN of this server",
    },
    () => {
      if (answer.status !== 401) return;
      throw new ProviderError("denied", "the storage system refuses the admin token", { status: 401 });
    },
  );
  const { time, store } = await runStep(
    context,
    {
      step: "storage",
      passed: `the server has the region ${region.name}, and its store`,
      remedy: "give the region the name and the signing region that it has on the server",
    },
    () => {
      if (codeOf(answer) === "NoSuchRegion")
        throw new ProviderError("invalid", `the server has no region ${region.name}`);
      const reply = readBody(regionReplySchema)(answer);
      if (reply.lost) throw new ProviderError("invalid", reply.lost);
      if (reply.store !== undefined && region.store !== undefined && reply.store !== region.store) {
        const where = reply.folder ? `the folder ${reply.folder}` : "its folder";
        throw new ProviderError("invalid", `${where} holds another store than the one of this region's keys`);
      }
      if (reply.signingRegion !== region.signingRegion)
        throw new ProviderError("invalid", `the server signs for ${reply.signingRegion}`);
      return reply;
    },
  );
  await runStep(context, CLOCK_STEP, () => assertClock(Date.parse(time) - Date.now()));
  const { signingRegion } = region;
  await Promise.all(
    gateways.map((gateway) =>
      runStep(context, gatewayStep(gateway), () => checkGateway(gateway, signingRegion, context)),
    ),
  );
  return { findings: store ? { store } : {}, warnings: [] };
}

/** Probes with a random id: an S3 server answers that it does not know the key, another server answers otherwise. */
async function checkGateway(gateway: Gateway, signingRegion: string, context: CallContext): Promise<void> {
  const unknownId = randomText(20, UPPER_DIGITS);
  const answer = await probeS3(gateway, signingRegion, unknownId, new Secret(randomText(40, ALPHANUMERIC)), context);
  if (answer === "refused-unknown") return;
  throw new ProviderError("invalid", `${gateway.name} at ${gateway.endpoint} does not answer as an S3 server would`);
}
