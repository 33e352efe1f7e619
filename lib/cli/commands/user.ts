import { Command } from "commander";
import { z } from "zod";
import { commandLineActor, printTable } from "@/lib/cli/command-line";
import { choosePassword } from "@/lib/cli/commands/password";
import { PLATFORM_ROLES } from "@/lib/gate/permissions";
import { withTransaction } from "@/lib/platform/db/transaction";
import { listUsers } from "@/lib/users/loaders";
import { changeUser, createUser, setUserDisabled } from "@/lib/users/mutations";
import { emailSchema, nameSchema } from "@/lib/users/schema";

const roleSchema = z.enum(PLATFORM_ROLES, `The role is one of ${PLATFORM_ROLES.join(", ")}`);

export function userCommand(): Command {
  const command = new Command("user").description("people who sign in");
  command
    .command("create <email>")
    .description("creates a person and prints a random password, or takes one from standard input")
    .requiredOption("--name <name>", "as others see it")
    .option("--role <role>", `a platform role: ${PLATFORM_ROLES.join(" or ")}`)
    .option("--password-stdin", "read the password from standard input")
    .action(async (email: string, options: { name: string; role?: string; passwordStdin?: boolean }) => {
      const user = {
        email: emailSchema.parse(email),
        name: nameSchema.parse(options.name),
        platformRole: options.role ? roleSchema.parse(options.role) : null,
      };
      const { password, announce } = await choosePassword(options.passwordStdin ?? false);
      await withTransaction((tx) => createUser(tx, commandLineActor(), { ...user, password }));
      console.log(`Created ${user.email}.`);
      announce();
    });
  command
    .command("change <email>")
    .description("changes the name or the platform role")
    .option("--name <name>")
    .option("--role <role>", `${PLATFORM_ROLES.join(" or ")}, or none`)
    .action(async (email: string, options: { name?: string; role?: string }) => {
      const change = {
        ...(options.name ? { name: nameSchema.parse(options.name) } : {}),
        ...(options.role ? { platformRole: options.role === "none" ? null : roleSchema.parse(options.role) } : {}),
      };
      await withTransaction((tx) => changeUser(tx, commandLineActor(), emailSchema.parse(email), change));
      console.log(`Changed ${email}.`);
    });
  for (const [verb, disabled] of [
    ["disable", true],
    ["enable", false],
  ] as const) {
    command
      .command(`${verb} <email>`)
      .description(
        disabled ? "ends the person's sessions and lets them sign in no more" : "lets the person sign in again",
      )
      .action(async (email: string) => {
        await withTransaction((tx) => setUserDisabled(tx, commandLineActor(), emailSchema.parse(email), disabled));
        console.log(`${disabled ? "Disabled" : "Enabled"} ${email}.`);
      });
  }
  command
    .command("list")
    .description("all people, newest first")
    .action(async () => {
      const rows: string[][] = [];
      let cursor: string | undefined;
      do {
        const page = await listUsers({ cursor });
        for (const user of page.rows) {
          const projects = user.projects.map((project) => `${project.slug}:${project.role}`).join(" ");
          rows.push([
            user.email,
            user.name,
            user.platformRole ?? "-",
            projects || "-",
            user.disabledAt ? "disabled" : "",
          ]);
        }
        cursor = page.next ?? undefined;
      } while (cursor);
      printTable(["E-MAIL", "NAME", "PLATFORM ROLE", "PROJECTS", ""], rows);
    });
  return command;
}
