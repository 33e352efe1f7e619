import { Command, Option } from "commander";
import { z } from "zod";
import { commandLineActor, printTable, readAllPages } from "@/lib/admin/command-line";
import { choosePassword } from "@/lib/admin/commands/password";
import { PLATFORM_ROLES } from "@/lib/gate/permissions";
import { inviteUser } from "@/lib/managed-users/mutations";
import type { AddUserInput } from "@/lib/managed-users/schema";
import { hashPassword } from "@/lib/platform/crypto/password";
import { withTransaction } from "@/lib/platform/db/transaction";
import { AppError } from "@/lib/platform/errors";
import { listUsers } from "@/lib/users/loaders";
import { changeUser, createUser, setUserDisabled } from "@/lib/users/mutations";
import { emailSchema, nameSchema } from "@/lib/users/schema";

const roleSchema = z.enum(PLATFORM_ROLES, `The role must be one of ${PLATFORM_ROLES.join(", ")}`);
const changedRoleSchema = z.enum(
  [...PLATFORM_ROLES, "none"],
  `The role must be one of ${PLATFORM_ROLES.join(", ")}, none`,
);

interface CreateOptions {
  name: string;
  role?: string;
  passwordStdin?: boolean;
  link?: boolean;
}

export function userCommand(): Command {
  const command = new Command("user").description("people who can sign in");
  command
    .command("create <email>")
    .description("creates a person with a random password and prints it, or with a password from standard input")
    .requiredOption("--name <name>", "the name that others see")
    .option("--role <role>", `a role in the whole installation: ${PLATFORM_ROLES.join(" or ")}`)
    .option("--password-stdin", "read the password from standard input")
    .addOption(
      new Option("--link", "print a link with which the person chooses a password, in place of a password").conflicts(
        "passwordStdin",
      ),
    )
    .action(async (email: string, options: CreateOptions) => {
      const user = {
        email: emailSchema.parse(email),
        name: nameSchema.parse(options.name),
        platformRole: options.role === undefined ? null : roleSchema.parse(options.role),
      };
      if (options.link) return createWithLink(user);
      const { password, announce } = await choosePassword(user.email, options.passwordStdin ?? false);
      const passwordHash = await hashPassword(password.reveal());
      await withTransaction((tx) => createUser(tx, commandLineActor(), { ...user, passwordHash }));
      console.log(`Created ${user.email}.`);
      announce();
    });
  command
    .command("change <email>")
    .description("changes a person's name or role in the whole installation")
    .option("--name <name>", "the name that others see")
    .option("--role <role>", `${PLATFORM_ROLES.join(", ")} or none`)
    .action(async (given: string, options: { name?: string; role?: string }) => {
      const email = emailSchema.parse(given);
      const role = options.role === undefined ? undefined : changedRoleSchema.parse(options.role);
      const change = {
        ...(options.name === undefined ? {} : { name: nameSchema.parse(options.name) }),
        ...(role === undefined ? {} : { platformRole: role === "none" ? null : role }),
      };
      if (Object.keys(change).length === 0) {
        const userMessage = "Nothing to change: give --name or --role.";
        throw new AppError("BAD_INPUT", "no option", { userMessage });
      }
      await withTransaction((tx) => changeUser(tx, commandLineActor(), email, change));
      console.log(`Changed ${email}.`);
    });
  command
    .command("disable <email>")
    .description("ends the person's sessions and tokens, and lets the person sign in no more")
    .action(async (email: string) => console.log(`Disabled ${await setDisabled(email, true)}.`));
  command
    .command("enable <email>")
    .description("lets the person sign in again; ended tokens stay ended")
    .action(async (email: string) => console.log(`Enabled ${await setDisabled(email, false)}.`));
  command
    .command("list")
    .description("lists all people, newest first")
    .action(async () => {
      const users = await readAllPages((cursor) => listUsers({ cursor }));
      printTable(
        ["E-MAIL", "NAME", "PLATFORM ROLE", "PROJECTS", ""],
        users.map((user) => [
          user.email,
          user.name,
          user.platformRole ?? "-",
          user.projects.map(({ slug, role }) => `${slug}:${role}`).join(" ") || String(user.projectCount || "-"),
          user.disabledAt ? "disabled" : user.waitsForSetUp ? "waits for set-up" : "",
        ]),
      );
    });
  return command;
}

async function createWithLink(user: AddUserInput): Promise<void> {
  const { url, expiresAt } = await withTransaction((tx) => inviteUser(tx, commandLineActor(), user));
  console.log(`Created ${user.email}.`);
  console.log(`Set-up link (shown only this once, works once until ${expiresAt.toISOString()}): ${url.reveal()}`);
}

async function setDisabled(given: string, disabled: boolean): Promise<string> {
  const email = emailSchema.parse(given);
  await withTransaction((tx) => setUserDisabled(tx, commandLineActor(), email, disabled));
  return email;
}
