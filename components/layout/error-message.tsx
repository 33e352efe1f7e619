"use client";

import { MessagePage } from "@/components/layout/message-page";
import { Button } from "@/components/ui/button";

/** The id under which the server logs an error; undefined for an error in the browser. */
function readDigest(error: unknown): string | undefined {
  return error instanceof Error && "digest" in error && typeof error.digest === "string" ? error.digest : undefined;
}

/** Whether a script of the page did not come: the network is away, or another version of the portal is running. */
function isMissingScript(error: unknown): boolean {
  return error instanceof Error && error.name === "ChunkLoadError";
}

/** The text of an error page, with a button that tries again. */
export function ErrorMessage({ error, retry }: { error: unknown; retry: () => void }) {
  if (isMissingScript(error)) return <MissingPart />;
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

/** Trying again does not help after an update: the new version does not have the script. */
function MissingPart() {
  return (
    <MessagePage label="Error" title="A part of this page could not be loaded">
      <p>The portal was updated after this page was loaded, or it did not answer. Opening this part changed nothing.</p>
      <div>
        <Button look="primary" onClick={() => window.location.reload()}>
          Reload
        </Button>
      </div>
    </MessagePage>
  );
}
