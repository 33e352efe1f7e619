import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { boundBody } from "@/lib/api/admit";
import { NO_REGION } from "@/lib/api/openstack/catalog";
import { type ApiEnvironment, refuseBody, refuseInput, tellLimit } from "@/lib/api/replies";
import { admitPerson, admitToProject, type ApiOperation } from "@/lib/gate/api";
import { type IdentityToken, readIdentityCaller } from "@/lib/gate/identity";
import type { Actor, ProjectScope } from "@/lib/gate/scope";
import { AppError } from "@/lib/platform/errors";
import { CLIENT_ADDRESS_HEADER } from "@/lib/platform/net/client-address-header";
import { parseJson } from "@/lib/platform/text/parse-json";
import { listRegionNames } from "@/lib/regions/loaders";
import type { z } from "zod";

interface Known {
  Variables: ApiEnvironment["Variables"] & { actor: Actor; identity: IdentityToken };
}
interface Admitted {
  Variables: ApiEnvironment["Variables"] & { actor: Actor; scope: ProjectScope; region: string };
}

/** The gate before an operation that reads what is the caller's own. */
export const admitOwner = (operation: ApiOperation) =>
  createMiddleware<Known>(async (context, next) => {
    context.set("operation", operation);
    const { actor, identity } = await identify(context);
    context.set("actor", actor);
    context.set("identity", identity);
    await admitPerson(actor);
    await next();
  });

/**
 * The gate before an operation on the project of the token, in the region of the path. It looks at no body before the
 * caller is admitted. Sets operation, actor and scope as soon as each is known, so that a refusal is audited with what is
 * known by then.
 */
export const admit = (operation: ApiOperation) =>
  createMiddleware<Admitted>(async (context, next) => {
    context.set("operation", operation);
    const { actor, identity } = await identify(context);
    context.set("actor", actor);
    const isOwn = context.req.param("user") === actor.userId;
    if (!isOwn || identity.project === null) {
      await admitPerson(actor);
      throw isOwn ? noProject() : anotherUser();
    }
    const { scope, standing } = await admitToProject(actor, identity.project, operation);
    context.set("scope", scope);
    if (standing) tellLimit(context, standing);
    context.set("region", await chooseRegion(context.req.param("region")));
    boundBody(context);
    await next();
  });

/** Refuses everything where the caller chose no region. The caller reads which regions there are. */
export const refuseWithoutRegion = (operation: ApiOperation) =>
  createMiddleware<Known>(async (context) => {
    context.set("operation", operation);
    const { actor } = await identify(context);
    context.set("actor", actor);
    await admitPerson(actor);
    throw await noRegion();
  });

/** The client's address, as the web server found it. */
export const addressOf = ({ req }: Pick<Context, "req">): string | undefined => req.header(CLIENT_ADDRESS_HEADER);

/** The body of a request, checked. Throws BAD_INPUT, and an `HTTPException` for a body that is too long. */
export async function readInput<T extends z.ZodType>(context: Context, schema: T): Promise<z.infer<T>> {
  boundBody(context);
  const type = (context.req.header("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") throw new HTTPException(415);
  const value = parseJson(await context.req.text());
  if (value === undefined) throw refuseBody("The body is not JSON");
  const parsed = schema.safeParse(value);
  refuseInput(parsed);
  return parsed.data as z.infer<T>;
}

/** The person of the token, and what the token is for. */
async function identify({ req }: Pick<Context, "req">): Promise<{ actor: Actor; identity: IdentityToken }> {
  const { actor, ...identity } = await readIdentityCaller(req.header("x-auth-token"), addressOf({ req }));
  return { actor, identity };
}

/** The region of the path, or the only one. Throws NOT_FOUND, and BAD_INPUT when there are several. */
async function chooseRegion(given: string | undefined): Promise<string> {
  const names = await listRegionNames();
  const [only, ...others] = names;
  if (given === undefined && only !== undefined && others.length === 0) return only;
  if (given === undefined || given === NO_REGION) throw await noRegion(names);
  if (names.includes(given)) return given;
  const userMessage = `There is no such region. The regions are: ${names.join(", ")}. Nothing was changed.`;
  throw new AppError("NOT_FOUND", "region is not there", { userMessage });
}

async function noRegion(given?: string[]): Promise<AppError> {
  const names = (given ?? (await listRegionNames())).join(", ");
  const userMessage = `There are several regions: ${names}. Set OS_REGION_NAME, or --os-region-name, to one of them. Nothing was changed.`;
  return new AppError("BAD_INPUT", "no region was chosen", { userMessage });
}

function anotherUser(): AppError {
  const userMessage = "This address belongs to another user. Nothing was changed; leave --user out.";
  return new AppError("FORBIDDEN", "the address of another user", { userMessage });
}

function noProject(): AppError {
  const userMessage = "The token has no project. Set OS_PROJECT_NAME, or --os-project-name. Nothing was changed.";
  return new AppError("BAD_INPUT", "a token without a project", { userMessage });
}
