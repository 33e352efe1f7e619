"use client";

import { Dialog as Primitive } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/components/ui/cn";

export const Dialog = Primitive.Root;

const WIDTHS = { md: "sm:max-w-lg", lg: "sm:max-w-xl", xl: "sm:max-w-2xl" } as const;

export type DialogWidth = keyof typeof WIDTHS;

type DialogContentProps = Omit<ComponentProps<typeof Primitive.Content>, "className"> & { width?: DialogWidth };

/** In the middle of wide screens; on phones a sheet at the bottom. */
export function DialogContent({ width = "md", children, ...rest }: DialogContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay data-[state=closed]:animate-out data-[state=closed]:fade-out-0 data-[state=open]:animate-in data-[state=open]:fade-in-0" />
      <Primitive.Content
        className={cn(
          "fixed z-50 grid max-h-[92dvh] gap-4 overflow-y-auto bg-surface p-5 shadow-high duration-150 outline-none",
          "inset-x-0 bottom-0 rounded-t-xl pb-[max(1.25rem,env(safe-area-inset-bottom))] data-[state=open]:animate-in data-[state=open]:slide-in-from-bottom-8 data-[state=open]:fade-in-0",
          "sm:inset-auto sm:top-1/2 sm:left-1/2 sm:w-full sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-xl sm:p-6 sm:data-[state=open]:slide-in-from-bottom-0 sm:data-[state=open]:zoom-in-98",
          WIDTHS[width],
        )}
        {...rest}
      >
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}

export function DialogTitle({ className, ...rest }: ComponentProps<typeof Primitive.Title>) {
  return <Primitive.Title className={cn("text-base font-semibold tracking-tight outline-none", className)} {...rest} />;
}

export function DialogDescription({ className, ...rest }: ComponentProps<typeof Primitive.Description>) {
  return <Primitive.Description className={cn("text-muted", className)} {...rest} />;
}

/** The buttons of a dialog, the main one last. On phones they are stacked, with the main one on top. */
export function DialogButtons({ children }: { children: ReactNode }) {
  return <div className="flex flex-col-reverse gap-2 pt-1 sm:flex-row sm:justify-end">{children}</div>;
}
