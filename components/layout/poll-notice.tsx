import type { PollProblem } from "@/components/ui/use-poll";
import { Notice } from "@/components/ui/notice";
import { TextLink } from "@/components/ui/text-link";

const PROBLEMS: Record<PollProblem, string> = {
  "signed-out": "Your session has ended, so this may be out of date.",
  "not-allowed": "You may not see this any more: your role or the project has changed. Reload the page.",
  unreachable:
    "The portal does not answer at the moment, so this may be out of date. The page asks again every few seconds.",
};

/**
 * Says why what is polled may be out of date. The region is there before: screen readers read what comes into it. While
 * the line at the top of the page says the same of the whole page, the notice is not shown.
 */
export function PollNotice({ problem }: { problem: PollProblem | undefined }) {
  return (
    <div role="status" className="poll-notice empty:absolute">
      {problem ? (
        <Notice look="warn">
          {PROBLEMS[problem]}
          {problem === "signed-out" ? (
            <>
              {" "}
              <TextLink href="/login" className="font-medium">
                Sign in again
              </TextLink>
            </>
          ) : null}
        </Notice>
      ) : null}
    </div>
  );
}
