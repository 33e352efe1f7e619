import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { bodyMaxOf } from "@/lib/api/body-bounds";
import { type ApiEnvironment, refuseBody, tellLimit } from "@/lib/api/replies";
import { admitPerson, admitToPlatform, admitToProject, type ApiOperation, readCaller } from "@/lib/gate/api";
import type { Actor, ProjectScope } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";

interface Known {
  Variables: ApiEnvironment["Variables"] & { actor: Actor };
}
interface Admitted {
  Variables: Known["Variables"] & { scope: ProjectScope };
}

/**
 * The gate before an operation on the project in the path. It looks at no input before the caller is admitted. Sets
 * operation, actor and scope as soon as each is known, so that a refusal is audited with what is known by then.
 */
export const admit = (operation: ApiOperation) =>
  createMiddleware<Admitted>(async (context, next) => {
    context.set("operation", operation);
    const actor = await identify(context);
    context.set("actor", actor);
    const { scope, standing } = await admitToProject(actor, context.req.param("project") ?? "", operation);
    context.set("scope", scope);
    if (standing) tellLimit(context, standing);
    boundBody(context);
    await next();
  });

/** Before an operation that takes a password in place of a token. The operation itself finds out who the caller is. */
export const admitStranger = (operation: ApiOperation) =>
  createMiddleware<ApiEnvironment>(async (context, next) => {
    context.set("operation", operation);
    boundBody(context);
    await next();
  });

/** The gate before an operation that reads what is the caller's own. */
export const admitOwner = (operation: ApiOperation) =>
  createMiddleware<Known>(async (context, next) => {
    context.set("operation", operation);
    const actor = await identify(context);
    context.set("actor", actor);
    await admitPerson(actor);
    await next();
  });

/** The gate before an operation across projects, or on the installation: only platform roles may. */
export const admitAcrossProjects = (operation: ApiOperation) =>
  createMiddleware<Known>(async (context, next) => {
    context.set("operation", operation);
    const actor = await identify(context);
    context.set("actor", actor);
    const standing = await admitToPlatform(actor, operation);
    if (standing) tellLimit(context, standing);
    boundBody(context);
    await next();
  });

const identify = ({ req }: Pick<Context, "req">): Promise<Actor> =>
  readCaller(req.header("authorization"), req.header(CLIENT_ADDRESS_HEADER));

/** Refuses a body whose length is not known before it is read, and one that is too long. */
export function boundBody({ req }: Pick<Context, "req">): void {
  if (req.header("transfer-encoding") !== undefined) throw refuseBody("The body is sent without a Content-Length");
  const bytesMax = bodyMaxOf(req.path);
  if (Number(req.header("content-length") ?? 0) <= bytesMax) return;
  throw new HTTPException(413, { message: `The body is longer than ${bytesMax} bytes` });
}
