"use client";

import { useSyncExternalStore } from "react";
import { describeAgo } from "@/components/ui/ago";

const MINUTE_MS = 60_000;

function subscribe(onChange: () => void): () => void {
  const timer = setInterval(onChange, MINUTE_MS);
  return () => clearInterval(timer);
}

/** How old something is, such as "3 hours ago". The server, whose text is read later, writes the moment in UTC. */
export function Age({ iso }: { iso: string }) {
  const text = useSyncExternalStore(
    subscribe,
    () => describeAgo(iso, new Date()),
    () => `${iso.slice(0, 16).replace("T", " ")} UTC`,
  );
  return (
    <time dateTime={iso} title={iso} className="tabular whitespace-nowrap">
      {text}
    </time>
  );
}
