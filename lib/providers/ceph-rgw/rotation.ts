import { setTimeout as pause } from "node:timers/promises";
import { randomText, UPPER_DIGITS } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { cephRgwCredentialsSchema } from "@/lib/providers/ceph-rgw/settings";
import { ProviderError } from "@/lib/providers/errors";
import { runExclusive } from "@/lib/providers/keyed-mutex";
import { acceptsKey } from "@/lib/providers/probe-answers";
import { probeS3 } from "@/lib/providers/probe";
import type { CallContext, Gateway, Provider } from "@/lib/providers/provider";
import { type AdminAccess, callAdminOps, codeOf, readBody, toFailure } from "@/lib/providers/rgw-admin/admin-ops";
import { newKeysWithSecretsReplySchema, userReplySchema } from "@/lib/providers/rgw-admin/replies";

const PAUSE_MS = 100;
const planSchema = cephRgwCredentialsSchema.pick({ accessKeyId: true });

type Rotation = Required<
  Pick<Provider, "planCredentials" | "makeCredentials" | "settleCredentials" | "endCredentials">
>;

/**
 * Replaces the key of the admin user by a second key of this user. The id is chosen before, so that a key that was made
 * and not saved is found and removed. radosgw chooses the secret: a chosen one would stand in its log.
 */
export function createRotation(options: AdminAccess & { gateways: Gateway[] }): Rotation {
  const readOwner = async (context: CallContext) =>
    readBody(userReplySchema)(
      await callAdminOps(options, "GET", "user", { "access-key": options.accessKeyId }, context),
    );
  const keyQuery = (uid: string, id: string) => ({ key: "", uid, "key-type": "s3", "access-key": id });
  const changeOwner = async (context: CallContext, change: (uid: string) => Promise<void>): Promise<void> => {
    const { user_id: uid } = await readOwner(context);
    await runExclusive(`${options.adminUrl} ${uid}`, context, () => change(uid));
  };

  const removeKey = (id: string, context: CallContext) =>
    changeOwner(context, async (uid) => {
      const answer = await callAdminOps(options, "DELETE", "user", keyQuery(uid, id), context);
      // radosgw answers so for a key that does not exist.
      if (answer.status !== 200 && codeOf(answer) !== "InvalidAccessKeyId") throw toFailure(answer);
      const left = await readOwner(context);
      if (left.keys.some((key) => key.access_key === id))
        throw new ProviderError("ambiguous", `the access key ${id} of the admin user is still there after its removal`);
    });

  return {
    planCredentials: async () => new Secret(JSON.stringify({ accessKeyId: randomText(20, UPPER_DIGITS) })),

    async makeCredentials(plan, context) {
      const { accessKeyId } = planSchema.parse(JSON.parse(plan.reveal()));
      let made: string | undefined;
      await changeOwner(context, async (uid) => {
        const query = { ...keyQuery(uid, accessKeyId), "generate-key": "true" };
        const answer = await callAdminOps(options, "PUT", "user", query, context);
        const keys = readBody(newKeysWithSecretsReplySchema)(answer);
        made = keys.find((key) => key.access_key === accessKeyId && key.user === uid)?.secret_key;
      });
      if (!made) throw new ProviderError("ambiguous", "the new key is not in the storage system's answer");
      return new Secret(JSON.stringify({ accessKeyId, secretAccessKey: made }));
    },

    async settleCredentials(plan, context) {
      await removeKey(planSchema.parse(JSON.parse(plan.reveal())).accessKeyId, context);
      return undefined;
    },

    async endCredentials(former, context) {
      const { accessKeyId, secretAccessKey } = cephRgwCredentialsSchema.parse(JSON.parse(former.reveal()));
      if (accessKeyId === options.accessKeyId)
        throw new ProviderError("invalid", "the former access key is the present one");
      await removeKey(accessKeyId, context);
      for (const gateway of [{ name: "the admin API", endpoint: options.adminUrl }, ...options.gateways])
        while (
          acceptsKey(await probeS3(gateway, options.signingRegion, accessKeyId, new Secret(secretAccessKey), context))
        ) {
          // The deadline of the call ends this.
          if (context.signal.aborted) throw new ProviderError("ambiguous", `${gateway.name} accepts the former key`);
          await pause(PAUSE_MS);
        }
    },
  };
}
