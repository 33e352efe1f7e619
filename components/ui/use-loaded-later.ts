"use client";

import { type ComponentType, useEffect, useState } from "react";

/** When the component is loaded. Milliseconds after the page is there. */
const AFTER_MS = 5_000;

/**
 * A component that refreshes a part of the page, loaded some seconds after the page. Undefined until then, and when it
 * cannot be loaded: the page stays as it came. `load` has to be the same function at every render.
 */
export function useLoadedLater<Props>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> | undefined {
  const [Loaded, setLoaded] = useState<ComponentType<Props>>();

  useEffect(() => {
    const start = async () => {
      const component = await load();
      setLoaded(() => component);
    };
    const timer = setTimeout(() => void start().catch(() => undefined), AFTER_MS);
    return () => clearTimeout(timer);
  }, [load]);

  return Loaded;
}
