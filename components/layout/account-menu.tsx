"use client";

import { KeyRound, LogOut } from "lucide-react";
import { Link } from "#components/ui/link.tsx";
import { MenuItem } from "#components/ui/menu.tsx";
import { announce } from "#components/ui/toast.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";

export const AccountMenu = () => (
  <>
    <MenuItem asChild>
      <Link href={screenPaths.settingsOf("account")}>
        <KeyRound aria-hidden /> Change password
      </Link>
    </MenuItem>
    <MenuItem onSelect={() => void signOut()}>
      <LogOut aria-hidden /> Sign out
    </MenuItem>
  </>
);

async function signOut(): Promise<void> {
  const answer = await fetch("/api/auth/sign-out", { method: "POST" }).catch(() => null);
  // A whole new page, so that nothing of this person's stays in memory.
  if (answer?.ok) window.location.assign(screenPaths.signIn);
  else announce("Could not sign out.", { detail: "Slipway does not answer. Try again.", failed: true });
}
