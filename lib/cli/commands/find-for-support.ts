import { Command } from "commander";
import { printKey } from "@/lib/cli/commands/read-keys";
import { type Context, type GlobalOptions, openContext } from "@/lib/cli/context";
import { Failure } from "@/lib/cli/failure";
import { pathOf, readPages } from "@/lib/cli/portal/portal";
import type { FoundKey, FoundProject, Person, PersonDetail, SupportKey } from "@/lib/cli/portal/replies";
import { printFields, printJson, printRows } from "@/lib/cli/terminal/output";
import { print, tell, type Terminal } from "@/lib/cli/terminal/terminal";

interface FindOptions extends GlobalOptions {
  email?: string;
  project?: string;
}

/** So long is an access key id: a shorter text is a part of one. */
const ID_LENGTH = 20;
const MOST = 100;

/** The path of one key, for support. */
export const keyPath = (id: string): string => pathOf("support", "keys", id);

/** Finds keys, people or projects. Every search is written to the audit log. */
export function findCommand(terminal: Terminal): Command {
  return new Command("find")
    .description("finds keys of all projects by an access key id or a part of one, or people, or projects; audited")
    .argument("[access-key]", "the whole access key id, or a part of at least 3 characters")
    .option("--email <text>", "the people with this text in the e-mail address; of one person the projects and keys")
    .action(async (id: string | undefined, _options: unknown, own: Command) => {
      const options = own.optsWithGlobals<FindOptions>();
      const given = [id, options.email, options.project].filter((value) => value !== undefined);
      if (given.length !== 1) throw new Failure("usage", "Give an access key or a part of one, --email or --project.");
      const context = await openContext(terminal, options);
      if (options.email !== undefined) return findPeople(context, options.email);
      if (options.project !== undefined) return findProjects(context, options.project);
      return findKeys(context, id ?? "");
    });
}

async function findKeys(context: Context, id: string): Promise<void> {
  const { terminal, portal, options } = context;
  if (id.length >= ID_LENGTH) {
    const found = await portal.get<SupportKey>(keyPath(id));
    if (options.output === "json") return printJson(terminal, found);
    printFields(terminal, { Project: `${found.project.project} (${found.project.name})` });
    printKey(terminal, found);
    return print(
      terminal,
      found.live ? "The key can be disabled: latchkey support disable" : "The end of the key is decided.",
    );
  }
  const keys = await readKeys(context, { accessKey: id });
  if (options.output === "json") return printJson(terminal, { keys });
  printKeys(terminal, keys);
}

async function findPeople(context: Context, email: string): Promise<void> {
  const { terminal, portal, options } = context;
  const people = await readSome(context, async (cursor) => {
    const page = await portal.get<{ people: Person[]; next: string | null }>("/support/people", { email, cursor });
    return { lines: page.people, next: page.next };
  });
  const exact = people.find((person) => person.email === email.toLowerCase());
  const one = exact ?? (people.length === 1 ? people[0] : undefined);
  if (!one) {
    if (options.output === "json") return printJson(terminal, { people });
    const rows = people.map(({ email, name, disabled }) => [email, name, disabled ? "cannot sign in" : ""]);
    return printRows(terminal, ["E-MAIL", "NAME", ""], rows);
  }
  const person = await portal.get<PersonDetail>("/support/person", { email: one.email });
  const keys = await readKeys(context, { email: one.email });
  if (options.output === "json") return printJson(terminal, { person, keys });
  printFields(terminal, {
    "E-mail": person.email,
    Name: person.name,
    Account: person.disabled ? "disabled" : "enabled",
    ...(person.platformRole ? { Role: person.platformRole } : {}),
    Projects: `${person.projects.map(({ project, role }) => `${project} (${role})`).join(", ") || "none"}${person.moreProjects ? " and more" : ""}`,
  });
  printKeys(terminal, keys);
}

async function findProjects(context: Context, text: string): Promise<void> {
  const { terminal, portal, options } = context;
  const projects = await readSome(context, async (cursor) => {
    const query = { project: text, cursor };
    const page = await portal.get<{ projects: FoundProject[]; next: string | null }>("/support/projects", query);
    return { lines: page.projects, next: page.next };
  });
  const exact = projects.find(({ project }) => project === text.toLowerCase());
  const one = exact ?? (projects.length === 1 ? projects[0] : undefined);
  if (!one) {
    if (options.output === "json") return printJson(terminal, { projects });
    const rows = projects.map(({ project, name, disabled }) => [project, name, disabled ? "disabled" : ""]);
    return printRows(terminal, ["PROJECT", "NAME", ""], rows);
  }
  const keys = await readKeys(context, { project: one.project });
  if (options.output === "json") return printJson(terminal, { project: one, keys });
  printFields(terminal, { Project: one.project, Name: one.name, ...(one.disabled ? { State: "disabled" } : {}) });
  printKeys(terminal, keys);
}

const readKeys = (context: Context, query: { accessKey?: string; email?: string; project?: string }) =>
  readSome(context, async (cursor) => {
    const page = await context.portal.get<{ keys: FoundKey[]; next: string | null }>("/support/keys", {
      ...query,
      cursor,
    });
    return { lines: page.keys, next: page.next };
  });

/** The first lines of a list. Says when there are more. */
async function readSome<Line>(
  { terminal }: Context,
  readPage: (cursor: string | undefined) => Promise<{ lines: Line[]; next: string | null }>,
): Promise<Line[]> {
  const lines = await readPages(readPage, MOST + 1);
  if (lines.length > MOST) tell(terminal, `There are more than ${MOST}: search for a longer part.`);
  return lines.slice(0, MOST);
}

function printKeys(terminal: Terminal, keys: readonly FoundKey[]): void {
  printRows(
    terminal,
    ["ACCESS KEY", "PROJECT", "REGION", "NAME", "STATE", "BY", "CREATED", "LAST USED"],
    keys.map((key) => [
      key.accessKeyId,
      key.project.project,
      key.region,
      key.name ?? "default",
      key.state,
      key.madeFor ? `${key.createdBy} for ${key.madeFor}` : key.createdBy,
      key.creationDate.slice(0, 10),
      key.lastUsedAt?.slice(0, 10),
    ]),
  );
}
