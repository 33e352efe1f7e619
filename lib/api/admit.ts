import { createMiddleware } from "hono/factory";
import type { ApiEnvironment } from "@/lib/api/replies";
import { admitToProject, type ApiOperation, readCaller } from "@/lib/gate/api";
import type { ProjectScope } from "@/lib/gate/scope";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { AppError } from "@/lib/platform/errors";

interface Admitted {
  Variables: ApiEnvironment["Variables"] & { scope: ProjectScope };
}

const BODY_MAX_BYTES = 8_192;

/**
 * The gate before an operation on the project in the path. It looks at no input before the caller is admitted. Sets
 * operation, actor and scope as soon as each is known, so that a refusal is audited with what is known by then.
 */
export const admit = (operation: ApiOperation) =>
  createMiddleware<Admitted>(async (context, next) => {
    context.set("operation", operation);
    const { req } = context;
    const actor = await readCaller(req.header("authorization"), req.header(CLIENT_ADDRESS_HEADER));
    context.set("actor", actor);
    context.set("scope", await admitToProject(actor, req.param("project") ?? "", operation));
    // The length of the body must be known before it is read.
    if (req.header("transfer-encoding") !== undefined) refuse("The body is sent without a Content-Length");
    if (Number(req.header("content-length") ?? 0) > BODY_MAX_BYTES)
      refuse(`The body is longer than ${BODY_MAX_BYTES} bytes`);
    await next();
  });

function refuse(why: string): never {
  throw new AppError("BAD_INPUT", why, { userMessage: `${why}. Nothing was changed.` });
}
