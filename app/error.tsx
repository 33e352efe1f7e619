"use client";

import { ErrorMessage } from "@/components/layout/error-message";

export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <main className="pt-[6vh]">
      <ErrorMessage error={error} retry={retry} />
    </main>
  );
}
