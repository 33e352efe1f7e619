"use client";

import { MessagePage } from "@/components/layout/message-page";
import { Button } from "@/components/ui/button";

/** The id under which the server logs an error; undefined for an error in the browser. */
function readDigest(error: unknown): string | undefined {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
}

/** The text of an error page, with a button that tries again. */
export function ErrorMessage({ error, retry }: { error: unknown; retry: () => void }) {
  const digest = readDigest(error);
  return (
    <MessagePage label="Error" title="This page could not be shown">
      <p>
        Something failed while the page was prepared. Nothing was changed: your keys, buckets and data are as they were.
      </p>
      <p>
        Try again. If the error stays, tell an administrator of this portal.
        {digest ? (
          <>
            {" "}
            The id <span className="font-mono text-foreground">{digest}</span> helps them to find it in the log.
          </>
        ) : null}
      </p>
      <div>
        <Button look="primary" onClick={retry}>
          Try again
        </Button>
      </div>
    </MessagePage>
  );
}
