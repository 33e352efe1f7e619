import { readExportQuery } from "@/lib/audit-log/loaders/filter";
import { startExport } from "@/lib/audit-log/loaders/start-export";
import { boundsOf } from "@/lib/audit-log/loaders/filter";
import { answerProjectDownload } from "@/lib/gate/download";

const EXPORT = { name: "Export the activity", permission: "activity:read-own" } as const;

/** The activity of a project as a file, sent while it is read. */
export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  return answerProjectDownload(request, slug, EXPORT, async (scope) => {
    const bounds = boundsOf(scope);
    const { filter, format } = readExportQuery(bounds, new URL(request.url).searchParams);
    return startExport(scope.actor, bounds, filter, format);
  });
}
