"use client";

import { type ComponentType, useEffect, useState } from "react";

type LoadedWhenShown<Props> = ComponentType<Props> & {
  /** Loads the component before it is shown. Failures are ignored. */
  prefetch: () => void;
  /** For what opens it: loads the component when somebody points at that or comes to it with the keyboard. */
  warm: { onPointerEnter: () => void; onFocus: () => void };
};

/**
 * Makes a component that is loaded when it is first shown, and shows nothing until then. When it cannot be loaded, the
 * error boundary gets the error. React's `lazy` and `next/dynamic` would suspend, and React shows what has suspended after
 * 300 ms at the earliest.
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

  const prefetch = () => void start().catch(() => undefined);
  return Object.assign(Placeholder, { prefetch, warm: { onPointerEnter: prefetch, onFocus: prefetch } });
}
