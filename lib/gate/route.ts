import "server-only";
import { cookies } from "next/headers";
import { NextResponse } from "next/server";
import type { Permission } from "@/lib/gate/permissions";
import { countRefusedPolls } from "@/lib/gate/poll-refusals";
import { type Actor, authorizePlatform, authorizeProject, type ProjectScope } from "@/lib/gate/scope";
import { readActor } from "@/lib/gate/session";
import { nameUnavailable } from "@/lib/platform/db/unavailable";
import { AppError } from "@/lib/platform/errors";
import { logger } from "@/lib/platform/logger";

const DATABASE_AWAY = "The portal's database does not answer. The page tries again by itself.";
const PERSONAL = { "cache-control": "no-store" };

const countRefusal = countRefusedPolls((refused) => logger.info(refused, "polls were refused"));

/**
 * Answers a GET that a page polls. Checks session, project and permission first. Polling does not count as activity of
 * the person. Refusals are 401 and 404 with a code and nothing else; 503 says that the database is away.
 */
export async function answerProjectPoll(
  request: Request,
  slug: string,
  permission: Permission,
  answer: (scope: ProjectScope) => Promise<object>,
): Promise<NextResponse> {
  return answerPoll(request, async (actor) => answer(await authorizeProject(actor, slug, permission)));
}

/** The same for what only a platform role may see. */
export async function answerPlatformPoll(
  request: Request,
  permission: Permission,
  answer: () => Promise<object>,
): Promise<NextResponse> {
  return answerPoll(request, async (actor) => {
    authorizePlatform(actor, permission);
    return answer();
  });
}

/** The same for what everybody who is signed in may see. */
export async function answerOwnPoll(request: Request, answer: (actor: Actor) => object): Promise<NextResponse> {
  return answerPoll(request, async (actor) => answer(actor));
}

async function answerPoll(request: Request, answer: (actor: Actor) => Promise<object>): Promise<NextResponse> {
  let who = "nobody";
  try {
    const jar = await cookies();
    const actor = await readActor(
      { cookie: (name) => jar.get(name)?.value, header: (name) => request.headers.get(name) },
      { activity: false },
    );
    if (!actor) throw new AppError("UNAUTHENTICATED", "not signed in");
    who = actor.userId;
    return NextResponse.json(await answer(actor), { headers: PERSONAL });
  } catch (thrown) {
    return refusePoll(thrown, who);
  }
}

/** The answer to a poll that was refused or failed. */
export function refusePoll(thrown: unknown, who: string): NextResponse {
  const error = nameUnavailable(thrown);
  const { status, code } = error instanceof AppError ? error : { status: 500, code: "INTERNAL" };
  if (status >= 500) logger.error({ err: error }, "a poll failed");
  else countRefusal(who, code);
  const body = { error: code, ...(code === "UNAVAILABLE" ? { message: DATABASE_AWAY } : {}) };
  return NextResponse.json(body, { status, headers: PERSONAL });
}
