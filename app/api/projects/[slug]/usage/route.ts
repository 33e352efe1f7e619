import { answerProjectPoll } from "@/lib/gate/route";
import { loadUsage } from "@/lib/usage/loaders";

/** The figures of a project in each region, polled by open pages. */
export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  return answerProjectPoll(request, slug, "storage:read", loadUsage);
}
