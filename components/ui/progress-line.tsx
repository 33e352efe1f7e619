"use client";

import { LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { useAnnouncement } from "@/components/ui/status-region";

const SLOW_MS = 5_000;

interface ProgressLineProps {
  /** What is being done now. */
  children: string;
  /** A second sentence, shown after five seconds. */
  whenSlow: string;
}

/** The current step of a longer piece of work. The `StatusRegion` around it reads it out. */
export function ProgressLine({ children, whenSlow }: ProgressLineProps) {
  const [slow, setSlow] = useState(false);
  useAnnouncement(slow ? whenSlow : children);

  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="flex items-start gap-3 rounded-md border bg-sunken px-3 py-3">
      <LoaderCircle aria-hidden className="mt-0.75 size-4 shrink-0 animate-spin text-accent" />
      <div>
        <p className="font-medium">{children}</p>
        {slow ? <p className="text-muted">{whenSlow}</p> : null}
      </div>
    </div>
  );
}
