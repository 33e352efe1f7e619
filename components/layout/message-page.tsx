import type { ReactNode } from "react";

interface MessagePageProps {
  /** A short word above the title, such as the status. */
  mark: string;
  title: string;
  children: ReactNode;
}

/** A page that has one thing to say. */
export function MessagePage({ mark, title, children }: MessagePageProps) {
  return (
    <div className="mx-auto grid max-w-md gap-3 px-4 py-[12vh]">
      <p className="font-mono text-[0.8125rem] text-muted">{mark}</p>
      <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      <div className="grid gap-4 text-muted">{children}</div>
    </div>
  );
}
