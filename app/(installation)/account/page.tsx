import type { Metadata } from "next";
import { PageHeader } from "@/components/layout/page-header";
import { Section } from "@/components/layout/section";
import { ChangePasswordForm } from "@/components/users/change-password-form";
import { TextLink } from "@/components/ui/text-link";
import { requireActor } from "@/lib/gate/page";
import { maySomewhere } from "@/lib/gate/scope";
import { PASSWORD_MIN } from "@/lib/users/schema";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const actor = await requireActor();
  const hasTokens = await maySomewhere(actor, "tokens:own");
  return (
    <>
      <PageHeader title="Account">
        {actor.name}, {actor.email}
      </PageHeader>
      {hasTokens ? (
        <Section id="tokens" title="Access tokens" description="With a token a program uses the API in your name.">
          <TextLink href="/account/tokens">Access tokens</TextLink>
        </Section>
      ) : null}
      <Section
        id="password"
        title="Password"
        description="Changing it signs you out everywhere else and ends your API tokens."
      >
        <ChangePasswordForm minLength={PASSWORD_MIN} />
      </Section>
    </>
  );
}
