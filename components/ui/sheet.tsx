"use client";

import { Dialog as Primitive } from "radix-ui";
import type { ReactNode } from "react";

export const Sheet = Primitive.Root;

interface SheetContentProps {
  /** The name of the sheet for screen readers. */
  title: string;
  onCloseAutoFocus: (event: Event) => void;
  children: ReactNode;
}

/** A panel at the left edge. */
export function SheetContent({ title, onCloseAutoFocus, children }: SheetContentProps) {
  return (
    <Primitive.Portal>
      <Primitive.Overlay className="fixed inset-0 z-40 bg-overlay data-[state=open]:animate-in data-[state=open]:fade-in-0" />
      <Primitive.Content
        aria-describedby={undefined}
        onCloseAutoFocus={onCloseAutoFocus}
        className="fixed inset-y-0 left-0 z-50 w-72 max-w-[85vw] overflow-y-auto border-r bg-surface shadow-high duration-150 outline-none data-[state=open]:animate-in data-[state=open]:slide-in-from-left"
      >
        <Primitive.Title className="sr-only">{title}</Primitive.Title>
        {children}
      </Primitive.Content>
    </Primitive.Portal>
  );
}
