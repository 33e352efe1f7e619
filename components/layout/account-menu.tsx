"use client";

import { LogOut, UserRound } from "lucide-react";
import Link from "next/link";
import { toast } from "sonner";
import { Button } from "@/components/ui/button";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";

async function signOut() {
  const auth = await import("next-auth/react");
  await auth.signOut({ callbackUrl: "/login" });
}

/** A menu with the name of the person, the account page and signing out. */
export function AccountMenu({ name, email }: { name: string; email: string }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button look="ghost" size="icon" aria-label={`Account menu of ${name}`} className="rounded-full">
          <span
            aria-hidden
            className="grid size-7 place-content-center rounded-full bg-accent-soft text-xs font-semibold text-accent-strong uppercase"
          >
            {name.charAt(0)}
          </span>
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <div className="px-2.5 py-1.5">
          <p className="font-medium">{name}</p>
          <p className="text-[0.8125rem] break-all text-muted">{email}</p>
        </div>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href="/account">
            <UserRound aria-hidden />
            Account
          </Link>
        </MenuItem>
        <MenuItem
          onSelect={() => {
            signOut().catch(() => toast.error("Signing out did not work. You are still signed in; try again."));
          }}
        >
          <LogOut aria-hidden />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
