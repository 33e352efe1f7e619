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
  /** Undefined where the credential holds none that could be read. */
  secretAccessKey: Secret | undefined;
}

/** Keystone names an ec2 credential by the hash of the access key id, and finds it by that when a request is signed. */
const credentialIdOf = (accessKeyId: string): string => createHash("sha256").update(accessKeyId).digest("hex");
const pathOf = (accessKeyId: string): string => `/credentials/${credentialIdOf(accessKeyId)}`;

/**
 * The id that a credential signs for. One whose content cannot be read, or names another id than the credential is
 * found by, goes by the credential's own id: it is nobody's known key, and must not be left out as if it were not there.
 */
export function accessKeyIdOf(credential: Credential): string {
  const { id, blob } = credential;
  return blob && credentialIdOf(blob.access) === id ? blob.access : id;
}

/** The ec2 credentials of a user, or of everybody. Complete or it throws. */
export async function listCredentials(
  access: IdentityAccess,
  userId: string | undefined,
  context: CallContext,
): Promise<Credential[]> {
  const filter = { type: "ec2", ...(userId === undefined ? {} : { user_id: userId }) };
  const listed = await listAll(access, "credentials", filter, credentialSchema, context);
  // Keystone leaves out of a list what the asker may not see: that nothing is in it proves nothing yet.
  if (listed.length === 0) await assertMaySeeCredentials(access, context);
  return listed.filter((one) => one.type === "ec2" && (userId === undefined || one.user_id === userId));
}

/** Asked for a credential that is not there, Keystone says so only to those who may see everybody's. Throws `denied`. */
export async function assertMaySeeCredentials(access: IdentityAccess, context: CallContext): Promise<void> {
  const answer = await callIdentity(access, "GET", pathOf(randomUUID()), context);
  if (answer.status !== 404) throw toFailure(answer);
}

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

/** Makes a credential; resolves also when exactly this one is there. Throws `conflict` when the id is taken otherwise. */
export async function createCredential(
  access: IdentityAccess,
  pair: NewCredential,
  context: CallContext,
): Promise<void> {
  const { userId, projectId, accessKeyId, secretAccessKey } = pair;
  const blob = JSON.stringify({ access: accessKeyId, secret: secretAccessKey.reveal() });
  const credential = { type: "ec2", user_id: userId, project_id: projectId, blob };
  const answer = await callIdentity(access, "POST", "/credentials", context, { credential });
  if (answer.status === 409) {
    const held = await findCredential(access, accessKeyId, context);
    if (!held) throw new ProviderError("ambiguous", "Keystone calls the access key id taken and does not have it");
    const same = held.userId === userId && held.projectId === projectId;
    if (same && held.secretAccessKey?.reveal() === secretAccessKey.reveal()) return;
    throw toFailure(answer);
  }
  const made = readBody(z.object({ credential: z.object({ id: z.string() }) }), 201)(answer);
  if (made.credential.id !== credentialIdOf(accessKeyId)) {
    throw new ProviderError("ambiguous", "Keystone has stored the key under another id than it finds it by");
  }
}

/** False when it was not there. */
export async function deleteCredential(
  access: IdentityAccess,
  accessKeyId: string,
  context: CallContext,
): Promise<boolean> {
  const answer = await callIdentity(access, "DELETE", pathOf(accessKeyId), context);
  if (answer.status !== 204 && answer.status !== 404) throw toFailure(answer);
  return answer.status === 204;
}
