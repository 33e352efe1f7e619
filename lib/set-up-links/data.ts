import "server-only";
import { createHash } from "node:crypto";
import { ALPHANUMERIC, randomText } from "@/lib/platform/crypto/random-text";
import type { PrismaClient } from "@/prisma/generated/client";
import type { Transaction } from "@/lib/platform/db/client";
import { env } from "@/lib/platform/env";
import { Secret } from "@/lib/platform/secret";
import { SECRET_LENGTH, SET_UP_LINK_DAYS } from "@/lib/set-up-links/rules";
import { withdrawSetUpLinks } from "@/lib/users/data";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A new link. Its address is here and kept nowhere. */
export interface NewSetUpLink {
  url: Secret;
  expiresAt: Date;
}

/**
 * Makes the link with which a person without a password chooses one. Links from before end. The secret part stands
 * behind the # of the address: browsers send it to no server and in no Referer. The caller records the event.
 */
export async function issueSetUpLink(tx: Transaction, userId: string, now = new Date()): Promise<NewSetUpLink> {
  await withdrawSetUpLinks(tx, userId);
  const secret = randomText(SECRET_LENGTH, ALPHANUMERIC);
  const expiresAt = new Date(now.getTime() + SET_UP_LINK_DAYS * DAY_MS);
  await tx.setUpLink.create({ data: { userId, hash: hashSecret(secret), expiresAt }, select: { id: true } });
  return { url: new Secret(`${new URL("/set-up", env.LATCHKEY_URL).href}#${secret}`), expiresAt };
}

/** The link that has this secret part, with its user. Undefined when there is none. */
export async function findSetUpLink(client: Transaction | PrismaClient, secret: string) {
  const link = await client.setUpLink.findUnique({
    where: { hash: hashSecret(secret) },
    select: {
      id: true,
      expiresAt: true,
      usedAt: true,
      withdrawnAt: true,
      user: { select: { id: true, email: true, name: true, disabledAt: true } },
    },
  });
  return link ? { ...link, disabled: link.user.disabledAt !== null } : undefined;
}

/** The hash that is kept of a secret part: it is random, so a slow hash would protect no better. */
function hashSecret(secret: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(createHash("sha256").update(secret).digest());
}
