import type { TermName } from "@/components/help/terms";

/** The id of the explanation of a term on a page. */
export const idOfTerm = (name: TermName): string => `term-${name.toLowerCase().replaceAll(" ", "-")}`;

/**
 * A button that opens the explanation of a term, by the browser alone: it works by keyboard, pointer and touch, and
 * Escape closes it. The page has to have the explanation in its `Explanations`.
 */
export function Explain({ name }: { name: TermName }) {
  return (
    <button
      type="button"
      popoverTarget={idOfTerm(name)}
      aria-label={`Explain ${name}`}
      className="grid size-6 shrink-0 place-content-center rounded-full text-muted hover:text-foreground"
    >
      <span
        aria-hidden
        className="grid size-4 place-content-center rounded-full border border-control text-[0.6875rem] leading-none"
      >
        ?
      </span>
    </button>
  );
}
