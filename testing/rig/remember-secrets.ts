import type { Secret } from "@/lib/platform/secret";
import type { Provider } from "@/lib/providers/provider";

/** A driver that adds the secret of every key that it creates to `issued`, so that a test can search logs for them. */
export function rememberSecrets(provider: Provider, issued: Secret[]): Provider {
  return {
    ...provider,
    async putKey(spec, context) {
      const secret = await provider.putKey(spec, context);
      issued.push(secret);
      return secret;
    },
  };
}
