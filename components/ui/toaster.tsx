"use client";

import { Toaster as Sonner } from "sonner";

/** The place where toasts appear: at the top, in the middle. */
export function Toaster() {
  return (
    <Sonner
      position="top-center"
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
