import { loadCards } from "@/lib/access-keys/loaders/cards";
import { answerProjectPoll } from "@/lib/gate/route";

/** The credential cards of a project, polled by open pages. */
export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  return answerProjectPoll(request, slug, "keys:read", async (scope) => ({ cards: await loadCards(scope) }));
}
