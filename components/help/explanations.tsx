import { idOfTerm } from "@/components/help/explain";
import { HelpLink } from "@/components/help/help-link";
import { STATE_TEXTS, type TermName, WORD_TEXTS } from "@/components/help/terms";

const TEXTS = Object.entries({ ...STATE_TEXTS, ...WORD_TEXTS }) as [TermName, string][];

/** The explanations that the buttons of `Explain` on the page open. They come with the page and need no script. */
export function Explanations() {
  return TEXTS.map(([name, text]) => (
    <div key={name} id={idOfTerm(name)} popover="auto" role="note" aria-label={name} className="explanation">
      <p className="font-medium">{name}</p>
      <p className="mt-0.5 text-muted">{text}</p>
      <p className="mt-1.5">
        <HelpLink about="states">All states and words</HelpLink>
      </p>
    </div>
  ));
}
