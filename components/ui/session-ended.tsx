"use client";

import { usePathname } from "next/navigation";
import { useSyncExternalStore } from "react";
import { signInPath } from "#domain/shared/screen-paths.ts";
import { Banner } from "./banner.tsx";
import { Link } from "./link.tsx";

let hasEnded = false;
const followers = new Set<() => void>();

/** Said by whoever asks the server: that it wants somebody to sign in, or that it answers. */
export function setSessionEnded(ended: boolean): void {
  if (ended === hasEnded) return;
  hasEnded = ended;
  for (const follower of followers) follower();
}

export const useSessionEnded = (): boolean =>
  useSyncExternalStore(
    follow,
    () => hasEnded,
    () => false,
  );

function follow(changed: () => void): () => void {
  followers.add(changed);
  return () => followers.delete(changed);
}

/** Over what somebody is in the middle of, which leaving for the sign-in screen would take away. */
export function SessionEnded({ className }: { className: string }) {
  const pathname = usePathname();
  if (!useSessionEnded()) return null;
  return (
    <Banner
      status="Degraded"
      className={className}
      title="Your session has ended."
      actions={
        <Link href={signInPath(pathname, "ended")} target="_blank" className="text-accent underline">
          Sign in in a new tab
        </Link>
      }
    >
      Sign in in another tab, then go on here. What you entered is kept.
    </Banner>
  );
}
