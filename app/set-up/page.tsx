import type { Metadata } from "next";
import { BrandName } from "@/components/layout/brand";
import { LogoMark } from "@/components/layout/logo";
import { ThemeSwitch } from "@/components/layout/theme-switch";
import { SetUp } from "@/components/set-up-links/set-up";
import { PASSWORD_MIN } from "@/lib/users/schema";

export const metadata: Metadata = { title: "Set up your account", robots: { index: false } };

/** The secret part of the link stands behind the # of the address, so that it never comes here. */
export default function SetUpPage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex justify-end p-3">
        <ThemeSwitch />
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col px-4 pt-[8vh] pb-16">
        <LogoMark className="size-10" />
        <h1 className="mt-5 mb-4 text-xl font-semibold tracking-tight">
          Set up your account at <BrandName />
        </h1>
        <SetUp minLength={PASSWORD_MIN} />
      </main>
    </div>
  );
}
