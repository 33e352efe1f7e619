"use client";

import { useTheme } from "next-themes";
import { Toaster as Sonner } from "sonner";

/** The place where toasts appear: at the top, in the middle. */
export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      position="top-center"
      theme={resolvedTheme === "dark" ? "dark" : "light"}
      containerAriaLabel="Messages"
      toastOptions={{
        classNames: {
          toast: "!bg-surface !text-foreground !border-border !shadow-high !rounded-lg !font-sans",
          success: "[&_[data-icon]]:!text-good",
          error: "[&_[data-icon]]:!text-danger",
        },
      }}
    />
  );
}
