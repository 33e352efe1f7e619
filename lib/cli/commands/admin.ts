import { Command } from "commander";
import { adminOperationsCommand } from "@/lib/cli/commands/admin-operations";
import { adminProjectsCommand } from "@/lib/cli/commands/admin-projects";
import { adminUsersCommand } from "@/lib/cli/commands/admin-users";
import { adminRegionsCommand } from "@/lib/cli/commands/admin-regions";
import type { Terminal } from "@/lib/cli/terminal/terminal";

/** The commands of platform admins. Their changes need a token with the scope `manage`. */
export function adminCommand(terminal: Terminal): Command {
  return new Command("admin")
    .description("users, projects, regions and operations, for platform admins")
    .addCommand(adminProjectsCommand(terminal))
    .addCommand(adminUsersCommand(terminal))
    .addCommand(adminOperationsCommand(terminal))
    .addCommand(adminRegionsCommand(terminal));
}
