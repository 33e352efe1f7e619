import { createMiddleware } from "hono/factory";
import type { ApiEnvironment } from "@/lib/api/replies";
import { admitToProject, type ApiOperation, readCaller } from "@/lib/gate/api";
import type { ProjectScope } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/client-address-header";

interface Admitted {
  Variables: ApiEnvironment["Variables"] & { scope: ProjectScope };
}

/**
 * The gate before an operation on the project in the path. Nobody's input is looked at before it; what a refusal tells
 * the audit log is set down as far as the request comes.
 */
export const admit = (operation: ApiOperation) =>
  createMiddleware<Admitted>(async (context, next) => {
    context.set("operation", operation);
    const { req } = context;
    const caller = await readCaller(req.header("authorization"), req.header(CLIENT_ADDRESS_HEADER), req.param("project") ?? "");
    context.set("actor", caller.actor);
    context.set("scope", await admitToProject(caller, operation));
    await next();
  });
