import { BUCKETS_SHOWN, readBucketQuery } from "@/app/read-bucket-query";
import { readParameter } from "@/components/layout/parameters";
import { answerProjectPoll } from "@/lib/gate/route";
import { listBuckets } from "@/lib/usage/loaders";

/** A page of the buckets of a project, polled by open pages. */
export async function GET(request: Request, { params }: { params: Promise<{ slug: string }> }): Promise<Response> {
  const { slug } = await params;
  const query = new URL(request.url).searchParams;
  const read = (name: string) => readParameter(query.getAll(name));
  return answerProjectPoll(request, slug, "storage:read", (scope) =>
    listBuckets(
      scope,
      readBucketQuery({
        region: read("region"),
        search: read("search"),
        sort: read("sort"),
        order: read("order"),
        cursor: read("cursor"),
      }),
      BUCKETS_SHOWN,
    ),
  );
}
