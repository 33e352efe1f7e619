import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { Secret } from "@/lib/platform/secret";
import { ProviderError } from "@/lib/providers/errors";
import { callIdentity, listAll, readBody, toFailure } from "@/lib/providers/keystone/identity-api";
import { type Credential, credentialSchema, credentialWithSecretSchema } from "@/lib/providers/keystone/replies";
import type { IdentityAccess } from "@/lib/providers/keystone/session";
import type { CallContext } from "@/lib/providers/provider";

/** An ec2 credential with its secret. */
export interface StoredCredential {
  userId: string | undefined;
  projectId: string | undefined;
  /** Undefined where the credential's content cannot be read. */
  secretAccessKey: Secret | undefined;
}

/** Keystone's id of an ec2 credential is the hash of the access key id; by it Keystone finds the key of a request. */
const credentialIdOf = (accessKeyId: string): string => createHash("sha256").update(accessKeyId).digest("hex");
const pathOf = (accessKeyId: string): string => `/credentials/${credentialIdOf(accessKeyId)}`;

/**
 * The access key id of a credential. When its content cannot be read, or names an id by which Keystone would not find
 * the credential, the credential's own id is returned: such a credential must not be missing in a list.
 */
export function accessKeyIdOf(credential: Credential): string {
  const { id, blob } = credential;
  return blob && credentialIdOf(blob.access) === id ? blob.access : id;
}

/** The ec2 credentials of a user, or of all users. Throws rather than returning a part. */
export async function listCredentials(
  access: IdentityAccess,
  userId: string | undefined,
  context: CallContext,
): Promise<Credential[]> {
  const filter = { type: "ec2", ...(userId === undefined ? {} : { user_id: userId }) };
  const listed = await listAll(access, "credentials", filter, credentialSchema, context);
  // Keystone leaves out of a list what the caller may not see, so an empty list alone proves nothing.
  if (listed.length === 0) await assertMaySeeCredentials(access, context);
  return listed.filter((one) => one.type === "ec2" && (userId === undefined || one.user_id === userId));
}

/**
 * Throws `denied` when the portal may not see the credentials of other users. Asks for one that does not exist:
 * Keystone answers 404 only to users who may see them all.
 */
export async function assertMaySeeCredentials(access: IdentityAccess, context: CallContext): Promise<void> {
  const answer = await callIdentity(access, "GET", pathOf(randomUUID()), context);
  if (answer.status !== 404) throw toFailure(answer);
}

/** The ec2 credential with this access key id, undefined when there is none. */
export async function findCredential(
  access: IdentityAccess,
  accessKeyId: string,
  context: CallContext,
): Promise<StoredCredential | undefined> {
  const answer = await callIdentity(access, "GET", pathOf(accessKeyId), context);
  if (answer.status === 404) return undefined;
  const { credential } = readBody(z.object({ credential: credentialWithSecretSchema }))(answer);
  if (credential.type !== "ec2") return undefined;
  const { user_id, project_id, blob } = credential;
  return {
    userId: user_id ?? undefined,
    projectId: project_id ?? undefined,
    secretAccessKey: blob && new Secret(blob.secret),
  };
}

export interface NewCredential {
  userId: string;
  projectId: string;
  accessKeyId: string;
  secretAccessKey: Secret;
}

/** Creates a credential; resolves also when exactly this one exists. Throws `conflict` when another has its id. */
export async function createCredential(
  access: IdentityAccess,
  wanted: NewCredential,
  context: CallContext,
): Promise<void> {
  const { userId, projectId, accessKeyId, secretAccessKey } = wanted;
  const blob = JSON.stringify({ access: accessKeyId, secret: secretAccessKey.reveal() });
  const credential = { type: "ec2", user_id: userId, project_id: projectId, blob };
  const answer = await callIdentity(access, "POST", "/credentials", context, { credential });
  if (answer.status === 409) {
    const stored = await findCredential(access, accessKeyId, context);
    if (!stored)
      throw new ProviderError("ambiguous", "Keystone says that the access key id exists, but does not have it");
    const same = stored.userId === userId && stored.projectId === projectId;
    if (same && stored.secretAccessKey?.reveal() === secretAccessKey.reveal()) return;
    throw toFailure(answer);
  }
  const made = readBody(z.object({ credential: z.object({ id: z.string() }) }), 201)(answer);
  if (made.credential.id !== credentialIdOf(accessKeyId)) {
    throw new ProviderError("ambiguous", "Keystone stored the key under an id by which it does not find it");
  }
}

/** Deletes a credential. Returns false when it did not exist. */
export async function deleteCredential(
  access: IdentityAccess,
  accessKeyId: string,
  context: CallContext,
): Promise<boolean> {
  const answer = await callIdentity(access, "DELETE", pathOf(accessKeyId), context);
  if (answer.status !== 204 && answer.status !== 404) throw toFailure(answer);
  return answer.status === 204;
}
