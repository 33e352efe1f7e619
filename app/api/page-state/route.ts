import { answerOwnPoll } from "@/lib/gate/route";
import { BUILD } from "@/lib/platform/config/build";

/** Who is signed in, and which build answers. Open pages ask, to find out that they are out of date. */
export async function GET(request: Request): Promise<Response> {
  return answerOwnPoll(request, ({ userId }) => ({ person: userId, build: BUILD }));
}
