import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { callIdentity, toFailure } from "@/lib/providers/keystone/identity-api";
import { logIn, openSession } from "@/lib/providers/keystone/session";
import type { KeystoneOptions } from "@/lib/providers/keystone/settings";
import type { CallContext, Provider } from "@/lib/providers/provider";

const PASSWORD_LENGTH = 40;
const PAUSE_MS = 200;
const passwordSchema = z.object({ password: z.string().min(1) });
const passwordOf = (credentials: Secret): Secret =>
  new Secret(passwordSchema.parse(JSON.parse(credentials.reveal())).password);

type Rotation = Required<
  Pick<Provider, "planCredentials" | "makeCredentials" | "settleCredentials" | "endCredentials">
>;

/**
 * Replaces the password of the service user, which the user may do itself. The new one is chosen before and kept: after
 * a crash the change is finished. The key of radosgw's admin user stays.
 */
export function createRotation(options: KeystoneOptions): Rotation {
  const { rgw } = options;
  const compose = (password: Secret): Secret =>
    new Secret(
      JSON.stringify({
        password: password.reveal(),
        ...(rgw ? { rgwAccessKeyId: rgw.accessKeyId, rgwSecretAccessKey: rgw.secretAccessKey.reveal() } : {}),
      }),
    );
  /** A login of its own: a session of before may be kept, and works no more. */
  const isAccepted = (password: Secret): Promise<boolean> =>
    logIn({ ...options, password }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ProviderError && error.failure === "denied") return false;
        throw error;
      },
    );

  const changePassword = async (password: Secret, context: CallContext): Promise<void> => {
    const { userId } = await openSession(options);
    const answer = await callIdentity(options, "POST", `/users/${userId}/password`, context, {
      user: { original_password: options.password.reveal(), password: password.reveal() },
    });
    if (answer.status !== 204) throw toFailure(answer);
    if (!(await isAccepted(password))) throw new ProviderError("ambiguous", "Keystone refuses the new password");
    // With the password Keystone revokes every token of this second, those of the new password too.
    const renewed = { ...options, password };
    while ((await callIdentity(renewed, "GET", `/users/${userId}`, context)).status === 401) await pause(PAUSE_MS);
  };

  return {
    planCredentials: async () => new Secret(JSON.stringify({ password: randomText(PASSWORD_LENGTH, ALPHANUMERIC) })),

    async makeCredentials(plan, context) {
      const password = passwordOf(plan);
      await changePassword(password, context);
      return compose(password);
    },

    async settleCredentials(plan, context) {
      const password = passwordOf(plan);
      // A change without an answer may still be carried out. Once the password is another one, it cannot.
      if (!(await isAccepted(password))) await changePassword(password, context);
      return compose(password);
    },

    async endCredentials(former) {
      const password = passwordOf(former);
      if (password.reveal() !== options.password.reveal() && (await isAccepted(password)))
        throw new ProviderError("ambiguous", "Keystone accepts the former password");
    },
  };
}
