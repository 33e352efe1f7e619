import { readParameter } from "@/components/layout/parameters";
import { loadKeyTable } from "@/lib/access-keys/loaders/key-table";
import { answerProjectPoll } from "@/lib/gate/route";

/** A page of the key table of a project, polled by open pages. */
export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  const query = new URL(request.url).searchParams;
  const read = (name: string) => readParameter(query.getAll(name));
  return answerProjectPoll(request, slug, "keys:read", (scope) =>
    loadKeyTable(scope, {
      cursor: read("cursor"),
      region: read("region"),
      state: read("state"),
      search: read("search"),
      name: read("name"),
      createdBy: read("createdBy"),
      key: read("key"),
    }),
  );
}
