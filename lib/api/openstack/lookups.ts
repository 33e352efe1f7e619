import type { Context, Hono } from "hono";
import { admitOwner } from "@/lib/api/openstack/admit";
import { DOMAIN } from "@/lib/api/openstack/entities";
import type { ApiEnvironment } from "@/lib/api/replies";
import type { ApiOperation } from "@/lib/gate/api";
import { type Actor, notFound } from "@/lib/gate/scope";
import { listUsableProjects } from "@/lib/projects/loaders";

const READ: ApiOperation = { name: "Read one's own user and projects", permission: "account:manage" };

interface Entry {
  id: string;
  name: string;
}

/**
 * The routes with which OpenStack's client turns names into ids (`--user`, `--project`, `--project-domain`). The caller
 * finds their own user, their own projects and the only domain. Everything else is not there.
 */
export function addLookupRoutes(api: Hono<ApiEnvironment>, at: string): void {
  const gate = admitOwner(READ);
  const listProjects = async (actor: Actor) => (await listUsableProjects(actor)).map(describeProject);
  for (const path of [`${at}/auth/projects`, `${at}/users/:user/projects`, `${at}/projects`])
    api.get(path, gate, async (context) => {
      const { actor } = context.var;
      if (context.req.param("user") !== undefined) findEntry(context.req.param("user"), [describeUser(actor)]);
      return context.json({ projects: filterByName(context, await listProjects(actor)), links: NO_PAGES }, 200);
    });
  api.get(`${at}/projects/:project`, gate, async (context) => {
    const project = findEntry(context.req.param("project"), await listProjects(context.var.actor));
    return context.json({ project }, 200);
  });
  api.get(`${at}/users`, gate, (context) =>
    context.json({ users: filterByName(context, [describeUser(context.var.actor)]), links: NO_PAGES }, 200),
  );
  api.get(`${at}/users/:user`, gate, (context) =>
    context.json({ user: findEntry(context.req.param("user"), [describeUser(context.var.actor)]) }, 200),
  );
  api.get(`${at}/domains`, gate, (context) =>
    context.json({ domains: filterByName(context, [THE_DOMAIN]), links: NO_PAGES }, 200),
  );
  api.get(`${at}/domains/:domain`, gate, (context) =>
    context.json({ domain: findEntry(context.req.param("domain"), [THE_DOMAIN]) }, 200),
  );
}

const NO_PAGES = { next: null, previous: null };

function filterByName<T extends Entry>({ req }: Pick<Context, "req">, entries: T[]): T[] {
  const name = req.query("name");
  return name === undefined ? entries : entries.filter((entry) => entry.name === name);
}

/** By id or by name: OpenStack's client tries a name as an id first, and a refusal would be audited. */
function findEntry<T extends Entry>(given: string | undefined, entries: T[]): T {
  const found = entries.find(({ id, name }) => id === given || name === given);
  if (!found) throw notFound("entry");
  return found;
}

const describeUser = ({ userId, email }: { userId: string; email: string }) => ({
  id: userId,
  name: email,
  domain_id: DOMAIN.id,
  enabled: true,
});

const describeProject = ({ id, slug }: { id: string; slug: string }) => ({
  id,
  name: slug,
  description: "",
  domain_id: DOMAIN.id,
  parent_id: DOMAIN.id,
  is_domain: false,
  enabled: true,
});

const THE_DOMAIN = { ...DOMAIN, description: "", enabled: true };
