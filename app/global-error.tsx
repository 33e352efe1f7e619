"use client";

import { ErrorMessage } from "@/components/layout/error-message";
import "./globals.css";

/** Stands in for the root layout when that itself has failed. */
export default function GlobalError({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Latchkey</title>
        <main className="pt-[6vh]">
          <ErrorMessage error={error} retry={retry} />
        </main>
      </body>
    </html>
  );
}
