"use client";

import { createContext, type ReactNode, use, useEffect, useState } from "react";

const Announce = createContext<(text: string) => void>(() => undefined);

/**
 * Reads out to screen readers what its content announces. The region is there before any text is: a text that comes
 * together with its region is often not read.
 */
export function StatusRegion({ children }: { children: ReactNode }) {
  const [text, setText] = useState("");
  return (
    <Announce value={setText}>
      {children}
      <p role="status" className="sr-only">
        {text}
      </p>
    </Announce>
  );
}

/** Has a text read out by the region around it, once, and again when the text changes. */
export function useAnnouncement(text: string): void {
  const announce = use(Announce);
  useEffect(() => {
    announce(text);
    return () => announce("");
  }, [announce, text]);
}
