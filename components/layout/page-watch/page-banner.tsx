"use client";

import { type ReactNode, useEffect } from "react";
import { type PageState, parsePageState } from "@/components/layout/page-watch/page-state";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { TextLink } from "@/components/ui/text-link";
import { usePoll } from "@/components/ui/use-poll";

const EVERY_MS = 60_000;

/**
 * Asks the portal every minute, when the tab is shown again, and when the network comes or goes. Says what is wrong with
 * the page in a line that stays at the top, unless the window is low.
 */
export function PageBanner({ state }: { state: PageState }) {
  const { data, problem, refresh } = usePoll({
    address: "/api/page-state",
    initial: state,
    everyMs: EVERY_MS,
    parse: parsePageState,
  });

  useEffect(() => {
    window.addEventListener("offline", refresh);
    window.addEventListener("online", refresh);
    return () => {
      window.removeEventListener("offline", refresh);
      window.removeEventListener("online", refresh);
    };
  }, [refresh]);

  // The region has to be there before its text: screen readers announce what changes in it.
  return (
    <div role="status" data-page-problem={problem} className="page-banner z-20 print:hidden">
      {describe(problem, data, state)}
    </div>
  );
}

function describe(problem: ReturnType<typeof usePoll>["problem"], now: PageState, page: PageState): ReactNode {
  if (problem === "signed-out")
    return (
      <Line>
        Your session has ended, for example because you signed out in another tab or were away too long. Nothing can be
        changed on this page.{" "}
        <TextLink href="/login" className="font-medium">
          Sign in again
        </TextLink>
      </Line>
    );
  if (problem)
    return (
      <Line>
        {navigator.onLine ? "The portal or its database does not answer." : "You are offline."} This page shows what was
        known before. Changes do not work until the portal answers again. The page asks every few seconds.
      </Line>
    );
  if (now.person !== page.person)
    return (
      <Line>
        Another person has signed in in this browser. This page still shows what the person before could see. <Reload />
      </Line>
    );
  if (now.build !== page.build)
    return (
      <Line>
        A new version of the portal is running. Reload this page before you change anything. <Reload />
      </Line>
    );
  return null;
}

function Line({ children }: { children: ReactNode }) {
  return (
    <div className="px-4 pt-3 sm:px-6 lg:px-8">
      <Notice look="warn">{children}</Notice>
    </div>
  );
}

function Reload() {
  return (
    <Button size="sm" onClick={() => window.location.reload()}>
      Reload
    </Button>
  );
}
