"use client";

import { SetUpForm } from "@/components/set-up-links/set-up-form";
import { useLink } from "@/components/set-up-links/use-link";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { TextLink } from "@/components/ui/text-link";

/** What the page of a set-up link shows. `minLength` is the least number of characters of a password. */
export function SetUp({ minLength }: { minLength: number }) {
  const { stage, end } = useLink();
  if (stage.at === "checking") {
    return (
      <div aria-busy className="grid gap-4">
        <Skeleton className="h-16" />
        <Skeleton className="h-16" />
      </div>
    );
  }
  if (stage.at === "form") {
    const { secret, email, name } = stage;
    return <SetUpForm key={secret} secret={secret} email={email} name={name} minLength={minLength} onEnd={end} />;
  }
  return (
    <>
      <Notice look="warn" role="alert">
        {stage.message}
      </Notice>
      <p className="mt-4">
        <TextLink href="/login">Sign in</TextLink>
      </p>
    </>
  );
}
