import type { Metadata } from "next";
import { BrandName } from "@/components/layout/brand";
import { LogoMark } from "@/components/layout/logo";
import { ThemeSwitch } from "@/components/layout/theme-switch";
import { SignInForm } from "@/components/users/sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

export default function LoginPage() {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex justify-end p-3">
        <ThemeSwitch />
      </header>
      <main className="mx-auto flex w-full max-w-sm flex-1 flex-col px-4 pt-[8vh] pb-16">
        <LogoMark className="size-10" />
        <h1 className="mt-5 text-xl font-semibold tracking-tight">
          Sign in to <BrandName />
        </h1>
        <p className="mt-1 mb-6 text-muted">Create, rotate and revoke the S3 keys of your object storage.</p>
        <SignInForm />
        <p className="mt-6 text-[0.8125rem] text-muted">
          No account, or the password is lost? Ask an administrator of this portal.
        </p>
      </main>
    </div>
  );
}
