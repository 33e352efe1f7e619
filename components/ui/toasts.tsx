"use client";

import { type ComponentType, createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { flushSync } from "react-dom";

interface Toasts {
  /** Shows a short message: an error for ten seconds, anything else for three. */
  show: (kind: "success" | "error", message: string) => Promise<void>;
  /**
   * Call it when a toast is likely. Screen readers announce a toast only if its region exists before. When the library
   * cannot be loaded, there are no toasts, and the next call tries again.
   */
  prepare: () => void;
}

const ToastContext = createContext<Toasts>({ show: async () => undefined, prepare: () => undefined });

/** Shows the toasts of the pages in it. The library is loaded when it is first needed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [Toaster, setToaster] = useState<ComponentType>();
  const toasts = useMemo<Toasts>(() => {
    async function load() {
      const [{ toast }, module] = await Promise.all([import("sonner"), import("@/components/ui/toaster")]);
      // A toast that comes before its region is not shown.
      flushSync(() => setToaster(() => module.Toaster));
      return toast;
    }
    const ignore = () => undefined;
    return {
      prepare: () => void load().catch(ignore),
      async show(kind, message) {
        const toast = await load().catch(ignore);
        toast?.[kind](message, { duration: kind === "error" ? 10_000 : 3_000 });
      },
    };
  }, []);
  return (
    <ToastContext value={toasts}>
      {children}
      {Toaster ? <Toaster /> : null}
    </ToastContext>
  );
}

export function useToasts(): Toasts {
  return useContext(ToastContext);
}
