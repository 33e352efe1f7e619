"use client";

import { ChevronRight, LoaderCircle } from "lucide-react";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";
import { cn } from "@/components/ui/cn";

interface HistoryToggleProps {
  keyId: string;
  accessKeyId: string;
  open: boolean;
}

/** The access key in the key table: pressing it opens or closes the history of the key, by the page's address. */
export function HistoryToggle({ keyId, accessKeyId, open }: HistoryToggleProps) {
  const router = useRouter();
  const path = usePathname();
  const query = useSearchParams();
  const [pending, startTransition] = useTransition();

  function toggle() {
    const next = new URLSearchParams(query);
    if (open) next.delete("key");
    else next.set("key", keyId);
    startTransition(() => router.replace(`${path}?${next.toString()}`, { scroll: false }));
  }

  return (
    <button
      type="button"
      onClick={toggle}
      aria-expanded={open}
      aria-controls={open ? `history-${keyId}` : undefined}
      className="-mx-1.5 inline-flex items-center gap-1.5 rounded px-1.5 py-0.5 font-mono text-[0.8125rem] font-medium whitespace-nowrap hover:bg-accent-soft"
    >
      {pending ? (
        <LoaderCircle aria-hidden className="size-3.5 animate-spin text-muted" />
      ) : (
        <ChevronRight aria-hidden className={cn("size-3.5 text-muted transition-transform", open && "rotate-90")} />
      )}
      {accessKeyId}
    </button>
  );
}
