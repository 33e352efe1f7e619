"use client";

import { LogOut, UserRound } from "lucide-react";
import Link from "next/link";
import type { ReactElement } from "react";
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from "@/components/ui/menu";
import { useToasts } from "@/components/ui/toasts";

async function signOut() {
  const auth = await import("next-auth/react");
  await auth.signOut({ callbackUrl: "/login" });
}

interface AccountMenuProps {
  trigger: ReactElement;
  name: string;
  email: string;
}

/** A menu with the name of the person, the account page and signing out. */
export function AccountMenu({ trigger, name, email }: AccountMenuProps) {
  const toasts = useToasts();

  function handleSignOut() {
    signOut().catch(() => toasts.show("error", "Signing out did not work. You are still signed in. Try again."));
  }

  return (
    <Menu defaultOpen>
      <MenuTrigger asChild>{trigger}</MenuTrigger>
      <MenuContent align="end">
        <div className="px-2.5 py-1.5">
          <p className="font-medium">{name}</p>
          <p className="text-[0.8125rem] [overflow-wrap:anywhere] text-muted">{email}</p>
        </div>
        <MenuSeparator />
        <MenuItem asChild>
          <Link href="/account">
            <UserRound aria-hidden />
            Account
          </Link>
        </MenuItem>
        <MenuItem onSelect={handleSignOut}>
          <LogOut aria-hidden />
          Sign out
        </MenuItem>
      </MenuContent>
    </Menu>
  );
}
