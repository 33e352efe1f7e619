"use client";

import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";

export const Sheet = Primitive.Root;
export const SheetTrigger = Primitive.Trigger;

/** A panel from the left edge. `title` names it for screen readers. */
export function SheetContent({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay data-[state=open]:animate-in data-[state=open]:fade-in-0" />
      <Primitive.Content
        aria-describedby={undefined}
        className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] overflow-y-auto border-r bg-surface shadow-high duration-150 outline-none data-[state=open]:animate-in data-[state=open]:slide-in-from-left"
      >
        <Primitive.Title className="sr-only">{title}</Primitive.Title>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}
