"use client";

import { LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";

const SLOW_MS = 5_000;

interface ProgressLineProps {
  /** What is being done now. */
  children: string;
  /** A second sentence, shown after five seconds. */
  whenSlow: string;
}

/** The current step of a longer piece of work. Screen readers read it out when it changes. */
export function ProgressLine({ children, whenSlow }: ProgressLineProps) {
  const [slow, setSlow] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div role="status" className="flex items-start gap-3 rounded-md border bg-sunken px-3 py-3">
      <LoaderCircle aria-hidden className="mt-0.75 size-4 shrink-0 animate-spin text-accent" />
      <div>
        <p className="font-medium">{children}</p>
        {slow ? <p className="text-muted">{whenSlow}</p> : null}
      </div>
    </div>
  );
}
