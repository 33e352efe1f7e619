"use client";

import { ErrorMessage } from "@/components/layout/error-message";
import "./globals.css";

/** Replaces the root layout when the root layout itself has failed. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong</title>
        <main className="pt-[6vh]">
          <ErrorMessage error={error} retry={retry} />
        </main>
      </body>
    </html>
  );
}
