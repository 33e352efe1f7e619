"use client";

import { type ComponentType, useEffect, useState } from "react";

/** A component that is loaded when it is first shown. `prefetch` loads it before that, and ignores failures. */
type LoadedWhenShown<Props> = ComponentType<Props> & { prefetch: () => void };

/**
 * Makes a component that shows nothing until it is loaded. When it cannot be loaded, the error boundary gets the error.
 * React's `lazy` and `next/dynamic` would suspend, and React shows what has suspended after 300 ms at the earliest.
 */
export function loadWhenShown<Props extends object>(load: () => Promise<ComponentType<Props>>): LoadedWhenShown<Props> {
  let loaded: ComponentType<Props> | undefined;
  const start = async () => (loaded ??= await load());

  function Placeholder(props: Props) {
    const [Loaded, setLoaded] = useState(() => loaded);
    useEffect(() => {
      if (Loaded) return;
      const fail = (error: unknown) =>
        setLoaded(() => {
          throw error;
        });
      start().then((component) => setLoaded(() => component), fail);
    }, [Loaded]);
    return Loaded ? <Loaded {...props} /> : null;
  }

  return Object.assign(Placeholder, { prefetch: () => void start().catch(() => undefined) });
}
