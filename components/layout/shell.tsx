import type { ReactNode } from "react";
import { AccountButton } from "@/components/layout/account-button";
import { Logo } from "@/components/layout/logo";
import { MainMenu } from "@/components/layout/main-menu";
import { MobileMenu } from "@/components/layout/mobile-menu";
import type { Navigation } from "@/components/layout/navigation";
import { PageWatch } from "@/components/layout/page-watch/page-watch";
import { ThemeSwitch } from "@/components/layout/theme-switch";

interface ShellProps {
  person: { userId: string; name: string; email: string };
  /** The build of the portal that made the page. */
  build: string;
  navigation: Navigation;
  children: ReactNode;
}

/** The frame around every page of a signed-in person. */
export function Shell({ person, build, navigation, children }: ShellProps) {
  return (
    <div className="min-h-dvh print:block! lg:grid lg:grid-cols-[15.5rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 print:hidden rounded-md bg-surface px-4 py-2 font-medium shadow-high focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <div className="hidden border-r bg-surface lg:block print:hidden">
        <div className="sticky top-0 flex h-dvh flex-col overflow-y-auto">
          <MainMenu navigation={navigation} />
        </div>
      </div>
      <div className="flex min-w-0 flex-col">
        <header className="print:hidden sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-background/90 px-3 backdrop-blur-sm sm:px-6 lg:px-8">
          <div className="flex min-w-0 items-center gap-2 lg:hidden">
            <MobileMenu navigation={navigation} />
            <Logo />
          </div>
          <div className="ml-auto flex items-center gap-1">
            <ThemeSwitch />
            <AccountButton name={person.name} email={person.email} />
          </div>
        </header>
        <PageWatch state={{ person: person.userId, build }} />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-400 flex-1 px-4 pt-6 pb-16 outline-none sm:px-6 lg:px-8"
        >
          {children}
        </main>
      </div>
    </div>
  );
}
