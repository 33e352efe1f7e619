import { BrandName } from "@/components/layout/brand";

/** The drawing of a key, the same as in `app/icon.svg`. */
export function LogoMark({ className = "size-7" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden className={className}>
      <rect width="32" height="32" rx="8" className="fill-accent" />
      <g fill="none" className="stroke-on-accent" strokeWidth="2.75" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="11" cy="16" r="4.6" />
        <path d="M15.6 16H26M21.4 16v4M26 16v5.4" />
      </g>
    </svg>
  );
}

/** The drawing and the name. */
export function Logo() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <LogoMark />
      <span className="text-[0.9375rem] font-semibold tracking-tight">
        <BrandName />
      </span>
    </span>
  );
}
