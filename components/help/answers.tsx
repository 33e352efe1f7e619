import { Fragment } from "react";
import { QUESTION_GROUPS, type Question } from "@/components/help/questions";
import { Section } from "@/components/layout/section";
import { TextLink } from "@/components/ui/text-link";
import { findLink } from "@/lib/help/rules";
import type { HelpReader } from "@/lib/help/schema";

/** All questions with their answers: first a list of the questions, then the answers. */
export function Answers({ reader }: { reader: HelpReader }) {
  return (
    <>
      <nav aria-label="Questions" className="mb-9 grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {QUESTION_GROUPS.map(({ title, questions }) => (
          <div key={title}>
            <p className="mb-1 text-[0.8125rem] font-medium text-muted">{title}</p>
            <ul className="grid gap-1">
              {questions.map(({ id, question }) => (
                <li key={id}>
                  <a href={`#${id}`} className="underline underline-offset-2 hover:text-accent">
                    {question}
                  </a>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      {QUESTION_GROUPS.map(({ title, questions }, index) => (
        <Section key={title} id={`group-${index + 1}`} title={title}>
          <div className="divide-y rounded-lg border bg-surface shadow-low">
            {questions.map((question) => (
              <Answer key={question.id} {...question} reader={reader} />
            ))}
          </div>
        </Section>
      ))}
    </>
  );
}

function Answer({ id, question, answer, list, places = [], reader }: Question & { reader: HelpReader }) {
  const links = places.map((place) => findLink(place, reader)).filter((link) => link !== undefined);
  return (
    <article aria-labelledby={id} className="px-4 py-4">
      <h3 id={id} className="font-semibold tracking-tight">
        {question}
      </h3>
      <div className="mt-1 grid max-w-prose gap-2 text-muted">
        {answer.map((paragraph) => (
          <p key={paragraph}>
            <Emphasized text={paragraph} />
          </p>
        ))}
      </div>
      {list ? (
        <dl className="mt-3 grid gap-x-6 sm:grid-cols-[14rem_minmax(0,1fr)] sm:gap-y-1.5">
          {list.map(([word, meaning]) => (
            <Fragment key={word}>
              <dt className="font-medium">{word}</dt>
              <dd className="max-w-prose text-muted max-sm:pb-2">{meaning}</dd>
            </Fragment>
          ))}
        </dl>
      ) : null}
      {links.length > 0 ? (
        <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-1">
          {links.map(({ href, text }) => (
            <li key={href}>
              <TextLink href={href}>{text}</TextLink>
            </li>
          ))}
        </ul>
      ) : null}
    </article>
  );
}

/** A text in which the names of buttons and pages stand between two asterisks. */
function Emphasized({ text }: { text: string }) {
  return text.split("**").map((part, index) =>
    index % 2 === 0 ? (
      part
    ) : (
      <strong key={index} className="font-medium text-foreground">
        {part}
      </strong>
    ),
  );
}
