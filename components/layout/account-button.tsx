"use client";

import { Button } from "@/components/ui/button";
import { LazyMenu } from "@/components/ui/lazy-menu";

/** The button with the initial of the person. It opens the account menu. */
export function AccountButton({ name, email }: { name: string; email: string }) {
  return (
    <LazyMenu
      load={async () => (await import("@/components/layout/account-menu")).AccountMenu}
      menuProps={{ name, email }}
      trigger={(props) => (
        <Button look="ghost" size="icon" aria-label={`Account menu of ${name}`} round {...props}>
          <span
            aria-hidden
            className="grid size-7 place-content-center rounded-full bg-accent-soft text-xs font-semibold text-accent-strong uppercase"
          >
            {name.charAt(0)}
          </span>
        </Button>
      )}
    />
  );
}
