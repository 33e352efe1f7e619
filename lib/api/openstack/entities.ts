import type { Actor } from "@/lib/gate/scope";

/** The only domain. The portal has no domains, and OpenStack's clients expect one. */
export const DOMAIN = { id: "default", name: "Default" } as const;

/** A person as a token tells it. The name is what a person signs in with. */
export function composeUser({ userId, email }: Pick<Actor, "userId" | "email">) {
  return { id: userId, name: email, domain: DOMAIN, password_expires_at: null };
}

/** A project as a token tells it. The name is the one in the addresses of the portal, which never changes. */
export function composeProject({ id, slug }: { id: string; slug: string }) {
  return { id, name: slug, domain: DOMAIN };
}
