import "server-only";
import { cookies } from "next/headers";
import { admitPerson } from "@/lib/gate/api";
import type { Permission } from "@/lib/gate/permissions";
import { auditPlatformRead } from "@/lib/gate/platform-reads";
import { explainError, type GateContext } from "@/lib/gate/refusals";
import { type Actor, authorizePlatform, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";

/** What every download must declare, as every action does. */
export interface Download {
  /** The name that people and the audit log use. */
  name: string;
  permission: Permission;
}

/**
 * Answers a link to a file of a project. Checks session, the limit of everything that a person does, project and permission
 * first. A refusal is a sentence.
 */
export function answerProjectDownload(
  request: Request,
  slug: string,
  download: Download,
  answer: (scope: ProjectScope) => Promise<Response>,
): Promise<Response> {
  return answerDownload(request, download, async (actor, context) => {
    const scope = await authorizeProject(actor, slug, download.permission);
    context.scope = scope;
    await auditPlatformRead(scope, download.permission);
    return answer(scope);
  });
}

/** The same for a file that only a platform role may have. */
export function answerPlatformDownload(
  request: Request,
  download: Download,
  answer: (actor: Actor) => Promise<Response>,
): Promise<Response> {
  return answerDownload(request, download, async (actor) => {
    authorizePlatform(actor, download.permission);
    return answer(actor);
  });
}

async function answerDownload(
  request: Request,
  { name }: Download,
  answer: (actor: Actor, context: GateContext) => Promise<Response>,
): Promise<Response> {
  const context: GateContext = {};
  try {
    const jar = await cookies();
    const from = { cookie: (key: string) => jar.get(key)?.value, header: (key: string) => request.headers.get(key) };
    const actor = await readActor(from, { activity: true });
    if (!actor) throw new AppError("UNAUTHENTICATED", "not signed in");
    context.actor = actor;
    await admitPerson(actor);
    return await answer(actor, context);
  } catch (thrown) {
    const error = nameUnavailable(thrown);
    const { message, retryAfterSeconds } = await explainError(error, name, context);
    const wait = retryAfterSeconds ? { "retry-after": String(retryAfterSeconds) } : undefined;
    return new Response(`${message}\n`, {
      status: error instanceof AppError ? error.status : 500,
      headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store", ...wait },
    });
  }
}
