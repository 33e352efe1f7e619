import "server-only";
import { cookies, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import type { Permission } from "@/lib/gate/permissions";
import { auditPlatformRead } from "@/lib/gate/platform-reads";
import { auditPageRefusal } from "@/lib/gate/refusals";
import {
  type Actor,
  authorizePlatform,
  authorizeProject,
  authorizeSomewhere,
  type ProjectScope,
} from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { db } from "@/lib/platform/db/client";
import { AppError } from "@/lib/platform/errors";

/** The person who requests this page; undefined when signed out. Read once per request. */
export const loadActor = cache(async (): Promise<Actor | undefined> => {
  const [jar, head] = await Promise.all([cookies(), headers()]);
  return readActor({ cookie: (name) => jar.get(name)?.value, header: (name) => head.get(name) }, { activity: true });
});

/** The person who requests this page. Redirects to sign-in when signed out. */
export async function requireActor(): Promise<Actor> {
  return (await loadActor()) ?? redirect("/login");
}

/** The same for pages of platform roles. Answers 404 without the permission. */
export async function requirePlatform(permission: Permission): Promise<Actor> {
  const actor = await requireActor();
  await notFoundOnRefusal(
    async () => authorizePlatform(actor, permission),
    () => auditPageRefusal(actor, permission),
  );
  return actor;
}

/**
 * The person who requests a page of their own account that needs a permission. Answers 404 unless a platform role gives
 * it, or the role in some project.
 */
export async function requireSomewhere(permission: Permission): Promise<Actor> {
  const actor = await requireActor();
  await notFoundOnRefusal(
    () => authorizeSomewhere(actor, permission),
    () => auditPageRefusal(actor, permission),
  );
  return actor;
}

/**
 * The project of a page with the caller's roles in it. Answers 404 without the permission. Call it before any Suspense.
 */
export async function requireProject(slug: string, permission: Permission): Promise<ProjectScope> {
  const actor = await requireActor();
  const scope = await notFoundOnRefusal(
    () => loadScope(actor, slug, permission),
    () => auditPageRefusal(actor, permission, slug),
  );
  await auditRead(scope, permission);
  await rememberProject(scope);
  return scope;
}

const loadScope = cache(authorizeProject);
const auditRead = cache(auditPlatformRead);

/** Remembers the project for the next sign-in. Writes only when the project is another one. */
const rememberProject = cache(async ({ actor, projectId }: ProjectScope) => {
  await db.user.updateMany({
    where: { id: actor.userId, OR: [{ lastProjectId: null }, { lastProjectId: { not: projectId } }] },
    data: { lastProjectId: projectId },
  });
});

/** What one request has left in the audit log so far: a layout and its page ask the same question. */
const loadTrace = cache(() => ({ refused: false }));

async function notFoundOnRefusal<T>(authorize: () => Promise<T>, audit: () => Promise<void>): Promise<T> {
  try {
    return await authorize();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "NOT_FOUND") throw error;
    const trace = loadTrace();
    if (!trace.refused) {
      trace.refused = true;
      await audit();
    }
    notFound();
  }
}
