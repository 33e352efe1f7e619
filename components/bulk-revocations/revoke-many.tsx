"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { flushSync } from "react-dom";
import { ChoiceForm } from "@/components/bulk-revocations/choice-form";
import { ConfirmForm } from "@/components/bulk-revocations/confirm-form";
import type { Choice, Preview } from "@/lib/bulk-revocations/schema";

interface Previewed {
  choice: Choice;
  preview: Preview;
}

/** Chooses keys, shows what would end, and starts a bulk revocation of exactly these keys. */
export function RevokeMany({ regions }: { regions: readonly string[] }) {
  const [previewed, setPreviewed] = useState<Previewed>();
  const choice = useRef<HTMLDivElement>(null);
  const router = useRouter();
  return (
    <div className="max-w-2xl rounded-lg border bg-surface p-4 shadow-low">
      {/* What was typed stays when a person comes back from the preview. */}
      <div ref={choice} hidden={previewed !== undefined}>
        <ChoiceForm
          regions={regions}
          onPreview={(choice, preview) => {
            setPreviewed({ choice, preview });
          }}
        />
      </div>
      {previewed ? (
        <ConfirmForm
          {...previewed}
          onBack={() => {
            flushSync(() => setPreviewed(undefined));
            choice.current?.querySelector<HTMLElement>("[type=submit]")?.focus();
          }}
          onStarted={(id) => {
            router.push(`/support/bulk-revoke/${id}`);
          }}
        />
      ) : null}
    </div>
  );
}
