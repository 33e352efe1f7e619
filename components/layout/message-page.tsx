import type { ReactNode } from "react";

interface MessagePageProps {
  /** A short word above the title, such as the status. */
  label: string;
  title: string;
  children: ReactNode;
}

/** A page with nothing but a message. */
export function MessagePage({ label, title, children }: MessagePageProps) {
  return (
    <div className="mx-auto grid max-w-md gap-3 px-4 py-[12vh]">
      <p className="font-mono text-[0.8125rem] text-muted">{label}</p>
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="grid gap-4 text-muted">{children}</div>
    </div>
  );
}
