"use client";

import { useCallback, useEffect, useRef, useState } from "react";

interface LeaveGuard {
  /** Whether the person tried to leave and has not decided yet. */
  isLeaving: boolean;
  stay: () => void;
  /** Goes where the person wanted to go. */
  leave: () => void;
  /** Removes the guard. Call it when leaving is safe, before the component is unmounted. */
  release: () => void;
}

/**
 * Asks before the page is left, as long as the component is mounted. When the tab is closed or reloaded, the browser
 * asks. Navigation in the app fires no `beforeunload`, so clicks on links are stopped. For the back button the guard
 * adds a second history entry of the same address: the button goes to that entry first.
 */
export function useLeaveGuard(): LeaveGuard {
  const [isLeaving, setIsLeaving] = useState(false);
  const destination = useRef<string>(undefined);
  const armed = useRef(false);

  useEffect(() => {
    const pushEntry = () => window.history.pushState(null, "", window.location.href);
    // Strict mode mounts twice, but one entry is enough.
    if (!armed.current) pushEntry();
    armed.current = true;

    const onUnload = (event: BeforeUnloadEvent) => {
      if (armed.current) event.preventDefault();
    };
    const onPop = () => {
      if (!armed.current) return;
      pushEntry();
      destination.current = undefined;
      setIsLeaving(true);
    };
    const onClick = (event: MouseEvent) => {
      const link = armed.current && event.target instanceof Element ? event.target.closest("a[href]") : null;
      if (!(link instanceof HTMLAnchorElement) || link.hasAttribute("download") || link.target === "_blank") return;
      event.preventDefault();
      event.stopPropagation();
      destination.current = link.href;
      setIsLeaving(true);
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
    if (destination.current) window.location.assign(destination.current);
    else window.history.go(-2);
  }, []);

  return { isLeaving, stay: useCallback(() => setIsLeaving(false), []), leave, release };
}
