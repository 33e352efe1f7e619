"use client";

import { MessagePage } from "@/components/layout/message-page";
import { Button } from "@/components/ui/button";

/** What the server logs an error of a page under; undefined for errors of the browser. */
function digestOf(error: unknown): string | undefined {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
}

export function Failure({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = digestOf(error);
  return (
    <MessagePage mark="Error" title="This page could not be made">
      <p>
        Something failed while the page was being put together. Looking at a page changes nothing: your keys, buckets
        and data are as they were.
      </p>
      <p>
        Try again. If it stays like this, tell an administrator of this portal
        {digest ? (
          <>
            {" "}
            and name the mark <span className="font-mono text-foreground">{digest}</span>, by which they find it in the
            log
          </>
        ) : null}
        .
      </p>
      <div>
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
      </div>
    </MessagePage>
  );
}
