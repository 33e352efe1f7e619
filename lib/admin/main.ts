import { runCommandLine } from "@/lib/admin/program";
import { db } from "@/lib/platform/db/client";

process.exitCode = await runCommandLine(process.argv.slice(2));
await db.$disconnect();
