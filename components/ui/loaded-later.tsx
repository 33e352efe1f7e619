"use client";

import { type ComponentType, type ReactNode, useEffect, useState } from "react";

/** When the component is loaded. Milliseconds. */
const AFTER_MS = 5_000;
/** How long after a failure this is tried again. Milliseconds. */
const RETRY_MS = 10_000;

interface LoadedLaterProps<Props> {
  /** Loads the component. It has to be the same function at every render. */
  load: () => Promise<ComponentType<Props>>;
  /** What the component gets. */
  props: Props;
  /** Milliseconds after the page is there. */
  afterMs?: number;
  /** What came with the page. It stands until the component is loaded, and when it cannot be loaded. */
  children?: ReactNode;
}

/**
 * A component that refreshes a part of the page, loaded some seconds after the page. When it cannot be loaded, this is
 * tried again.
 */
export function LoadedLater<Props extends object>({
  load,
  props,
  afterMs = AFTER_MS,
  children,
}: LoadedLaterProps<Props>) {
  const [Loaded, setLoaded] = useState<ComponentType<Props>>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    let hasEnded = false;
    const startAfter = (ms: number) => {
      timer = setTimeout(() => void load().then((component) => setLoaded(() => component), retry), ms);
    };
    const retry = () => {
      if (!hasEnded) startAfter(RETRY_MS);
    };
    startAfter(afterMs);
    return () => {
      hasEnded = true;
      clearTimeout(timer);
    };
  }, [load, afterMs]);

  return Loaded ? <Loaded {...props} /> : children;
}
