import type { Context, Hono } from "hono";
import { loadCatalog } from "@/lib/api/openstack/catalog";
import { addressOf, admitOwner, readInput } from "@/lib/api/openstack/admit";
import { composeProject, composeUser } from "@/lib/api/openstack/entities";
import { type Method, type SignInBody, signInSchema } from "@/lib/api/openstack/schema";
import type { ApiEnvironment } from "@/lib/api/replies";
import { admitPerson, admitToProject, type ApiOperation, readCaller } from "@/lib/gate/api";
import { type IdentityToken, issueIdentityToken, readIdentityCaller } from "@/lib/gate/identity";
import type { Actor, ProjectScope } from "@/lib/gate/scope";
import { signInProgram } from "@/lib/gate/sign-in";
import { AppError } from "@/lib/platform/errors";
import { findSlug } from "@/lib/projects/loaders";
import { endSession } from "@/lib/sessions/mutations";

/** Whoever may see the project gets a token for it. What the token may do there is decided at each use. */
const SIGN_IN: ApiOperation = { name: "Sign in with OpenStack's client", permission: "storage:read" };
const READ: ApiOperation = { name: "Read a token of OpenStack's client", permission: "account:manage" };
const END: ApiOperation = { name: "Sign out with OpenStack's client", permission: "account:manage" };

/** The routes that give, tell and end tokens. `at` is where the Identity API begins. */
export function addAuthTokenRoutes(api: Hono<ApiEnvironment>, at: string): void {
  const path = `${at}/auth/tokens`;
  api.post(path, async (context) => {
    context.set("operation", SIGN_IN);
    const { auth } = await readInput(context, signInSchema);
    const actor = await signIn(auth.identity, context);
    context.set("actor", actor);
    try {
      const scope = await findScope(actor, auth.scope?.project);
      const { token, ...identity } = await issueIdentityToken(actor, scope?.slug ?? null);
      const told = await composeToken({ actor, scope, identity });
      context.header("x-subject-token", token);
      return context.json({ token: told }, 201);
    } catch (error) {
      // Nobody gets a token that rests on this session.
      if (actor.sessionId) await endSession(actor.sessionId, actor.address);
      throw error;
    }
  });
  api.get(path, admitOwner(READ), async (context) => {
    const { actor, identity } = context.var;
    const subject = context.req.header("x-subject-token") ?? "";
    if (subject !== context.req.header("x-auth-token")) throw notOwn();
    const scope =
      identity.project === null ? undefined : (await admitToProject(actor, identity.project, SIGN_IN)).scope;
    context.header("x-subject-token", subject);
    return context.json({ token: await composeToken({ actor, scope, identity }) }, 200);
  });
  api.delete(path, admitOwner(END), async (context) => {
    const { actor } = context.var;
    const ended = await readIdentityCaller(context.req.header("x-subject-token"), addressOf(context));
    if (ended.actor.userId !== actor.userId) throw notOwn();
    if (!ended.actor.sessionId) throw new AppError("FORBIDDEN", "not a session", { userMessage: KEPT });
    await endSession(ended.actor.sessionId, actor.address);
    return context.body(null, 204);
  });
}

async function signIn(identity: SignInBody["identity"], context: Context): Promise<Actor> {
  const address = addressOf(context);
  const { password, application_credential: credential } = identity;
  if (credential) return readCaller(`Bearer ${credential.secret}`, address);
  const { name = "", password: given = "" } = password?.user ?? {};
  const userAgent = context.req.header("user-agent");
  return signInProgram({ email: name, password: given, address: address ?? "unknown", userAgent });
}

/**
 * The project that a token is asked for, else the one of the access token. Undefined for none. Throws UNAUTHENTICATED, as
 * Keystone does, where the project is not there for the caller: OpenStack's client takes 404 for a wrong address.
 */
async function findScope(
  actor: Actor,
  wanted: { id?: string | undefined; name?: string | undefined } | undefined,
): Promise<ProjectScope | undefined> {
  const id = wanted ? wanted.id : actor.limits?.projectId;
  const slug = wanted?.name ?? (id ? await findSlug(id) : undefined);
  if (!wanted && slug === undefined) {
    await admitPerson(actor);
    return undefined;
  }
  return admitToProject(actor, slug ?? "", SIGN_IN).then(
    ({ scope }) => scope,
    (error: unknown) => {
      if (!(error instanceof AppError) || error.code !== "NOT_FOUND") throw error;
      throw new AppError("UNAUTHENTICATED", "project is not there for the caller", { userMessage: NO_PROJECT });
    },
  );
}

interface Told {
  actor: Actor;
  scope: ProjectScope | undefined;
  identity: IdentityToken;
}

async function composeToken({ actor, scope, identity }: Told) {
  const method: Method = actor.sessionId ? "password" : "application_credential";
  return {
    methods: [method],
    user: composeUser(actor),
    audit_ids: [actor.via ?? ""],
    issued_at: identity.issuedAt.toISOString(),
    expires_at: identity.expiresAt.toISOString(),
    ...(scope
      ? {
          project: composeProject({ id: scope.projectId, slug: scope.slug }),
          is_domain: false,
          roles: scope.roles.map((name) => ({ id: name, name })),
        }
      : {}),
    catalog: await loadCatalog(),
  };
}

function notOwn(): AppError {
  return new AppError("FORBIDDEN", "a token of somebody else", {
    userMessage: "Only one's own token is told or ended.",
  });
}

const NO_PROJECT =
  "There is no project with this name or id for you. Use the name in the project's address in the portal. Nothing was changed.";
const KEPT =
  "A token that rests on an access token ends within an hour, or when the access token is revoked in the portal. Nothing was changed.";
