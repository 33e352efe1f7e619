import { startExport } from "@/lib/audit-log/loaders/start-export";
import { WHOLE_LOG } from "@/lib/audit-log/loaders/filter";
import { readExportQuery } from "@/lib/audit-log/loaders/filter";
import { answerPlatformDownload } from "@/lib/gate/download";

const EXPORT = { name: "Export the audit log", permission: "audit:read" } as const;

/** The audit log as a file, sent while it is read. */
export async function GET(request: Request): Promise<Response> {
  return answerPlatformDownload(request, EXPORT, async (actor) => {
    const { filter, format } = readExportQuery(WHOLE_LOG, new URL(request.url).searchParams);
    return startExport(actor, WHOLE_LOG, filter, format);
  });
}
