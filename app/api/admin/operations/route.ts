import { readParameter } from "@/components/layout/parameters";
import { answerPlatformPoll } from "@/lib/gate/route";
import { listUnfinished } from "@/lib/unfinished-changes/loaders";

/** A page of the unfinished changes of keys, polled by open pages. */
export async function GET(request: Request): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const read = (name: string) => readParameter(query.getAll(name));
  return answerPlatformPoll(request, "installation:read", () =>
    listUnfinished({ cursor: read("cursor"), state: read("state") }),
  );
}
