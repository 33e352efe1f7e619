import type { Metadata } from "next";
import { PageHeader } from "@/components/layout/page-header";
import { Section } from "@/components/layout/section";
import { ChangePasswordForm } from "@/components/users/change-password-form";
import { requireActor } from "@/lib/gate/page";
import { PASSWORD_MIN } from "@/lib/users/schema";

export const metadata: Metadata = { title: "Account" };

export default async function AccountPage() {
  const actor = await requireActor();
  return (
    <>
      <PageHeader title="Account">
        {actor.name}, {actor.email}
      </PageHeader>
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
