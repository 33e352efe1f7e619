import { readParameter } from "@/components/layout/parameters";
import { loadProgress } from "@/lib/bulk-revocations/loaders/progress";
import { resultSchema } from "@/lib/bulk-revocations/schema";
import { answerPlatformPoll } from "@/lib/gate/route";

/** How far a bulk revocation has come, and a page of its keys, polled by open pages. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  const { id } = await params;
  const query = new URL(request.url).searchParams;
  const result = resultSchema.safeParse(readParameter(query.getAll("result"))).data;
  return answerPlatformPoll(request, "keys:bulk-revoke", () =>
    loadProgress(id, { cursor: readParameter(query.getAll("cursor")), result }),
  );
}
