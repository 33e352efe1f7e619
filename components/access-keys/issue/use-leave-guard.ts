"use client";

import { useCallback, useEffect, useRef, useState } from "react";

interface LeaveGuard {
  /** The person tried to leave and has not decided yet. */
  tried: boolean;
  stay: () => void;
  /** Goes where the person wanted to go. */
  leave: () => void;
  /** Takes the guard away; call it before the component goes because all is done. */
  release: () => void;
}

/**
 * Warns before the page is left while the component is there. Closing and reloading get the browser's own question.
 * In-app navigation fires no `beforeunload`: links are held, and the back button is caught by a second history
 * entry of the same address, which it takes first.
 */
export function useLeaveGuard(): LeaveGuard {
  const [tried, setTried] = useState(false);
  const goal = useRef<string>(undefined);
  const armed = useRef(false);

  useEffect(() => {
    const pushEntry = () => window.history.pushState(null, "", window.location.href);
    // Strict mode mounts twice; one entry is enough.
    if (!armed.current) pushEntry();
    armed.current = true;

    const onUnload = (event: BeforeUnloadEvent) => {
      if (armed.current) event.preventDefault();
    };
    const onPop = () => {
      if (!armed.current) return;
      pushEntry();
      goal.current = undefined;
      setTried(true);
    };
    const onClick = (event: MouseEvent) => {
      const link = armed.current && event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (!(link instanceof HTMLAnchorElement) || link.hasAttribute("download") || link.target === "_blank") return;
      event.preventDefault();
      event.stopPropagation();
      goal.current = link.href;
      setTried(true);
    };
    window.addEventListener("beforeunload", onUnload);
    window.addEventListener("popstate", onPop);
    document.addEventListener("click", onClick, { capture: true });
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("popstate", onPop);
      document.removeEventListener("click", onClick, { capture: true });
    };
  }, []);

  const release = useCallback(() => {
    if (!armed.current) return;
    armed.current = false;
    window.history.back();
  }, []);

  const leave = useCallback(() => {
    armed.current = false;
    if (goal.current) window.location.assign(goal.current);
    else window.history.go(-2);
  }, []);

  return { tried, stay: useCallback(() => setTried(false), []), leave, release };
}
