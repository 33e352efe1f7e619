import { startResultExport } from "@/lib/bulk-revocations/loaders/start-export";
import { EXPORT_FORMATS, resultSchema } from "@/lib/bulk-revocations/schema";
import { answerPlatformDownload } from "@/lib/gate/download";
import { AppError } from "@/lib/platform/errors";

const EXPORT = { name: "Export bulk revocation", permission: "keys:bulk-revoke" } as const;

/** The results of a bulk revocation as a file, sent while it is read. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  return answerPlatformDownload(request, EXPORT, async (actor) => {
    const query = new URL(request.url).searchParams;
    const format = EXPORT_FORMATS.find((known) => known === query.get("format"));
    if (!format) throw new AppError("BAD_INPUT", "no format", { userMessage: "The format is ndjson or csv." });
    return startResultExport(actor, id, format, resultSchema.safeParse(query.get("result") ?? undefined).data);
  });
}
