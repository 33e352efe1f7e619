"use client";

import dynamic from "next/dynamic";
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";

const Toaster = dynamic(() => import("@/components/ui/toaster").then((module) => module.Toaster), { ssr: false });

interface Toasts {
  /** Shows a short message: an error for ten seconds, anything else for three. */
  show: (kind: "success" | "error", message: string) => Promise<void>;
  /** Call it when a toast is likely. Screen readers announce a toast only if its region exists before. */
  prepare: () => void;
}

const ToastContext = createContext<Toasts>({ show: async () => undefined, prepare: () => undefined });

/** Shows the toasts of the pages in it. The library is loaded when it is first needed. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [isPrepared, setPrepared] = useState(false);
  const toasts = useMemo<Toasts>(
    () => ({
      prepare: () => setPrepared(true),
      async show(kind, message) {
        setPrepared(true);
        const { toast } = await import("sonner");
        toast[kind](message, { duration: kind === "error" ? 10_000 : 3_000 });
      },
    }),
    [],
  );
  return (
    <ToastContext value={toasts}>
      {children}
      {isPrepared ? <Toaster /> : null}
    </ToastContext>
  );
}

export function useToasts(): Toasts {
  return useContext(ToastContext);
}
