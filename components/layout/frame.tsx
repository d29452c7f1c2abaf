"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useCallback, useState } from "react";
import { LiveProvider } from "#components/trpc/live.tsx";
import { Bell } from "./bell.tsx";
import { EnvironmentSwitch } from "./environment-switch.tsx";
import { FreshnessDot } from "./freshness-dot.tsx";
import { BottomBar, Nav } from "./nav.tsx";
import { StaleBanner } from "./stale-banner.tsx";
import { type Account, TopBar } from "./top-bar.tsx";
import { useShortcuts } from "./use-shortcuts.ts";

// Not needed before somebody searches.
const loadPalette = () => import("./command-palette.tsx").then((file) => file.CommandPalette);
const loadPaletteSoon = () => void loadPalette();
const CommandPalette = dynamic(loadPalette, { ssr: false });
const ShortcutHelp = dynamic(() => import("./shortcut-help.tsx").then((file) => file.ShortcutHelp), { ssr: false });

type FrameProps = Readonly<{
  account: Account | null;
  narrowNav: boolean;
  accountMenu?: ReactNode;
  children: ReactNode;
}>;

/** What is around every screen of the console. */
export function Frame({ account, narrowNav, accountMenu, children }: FrameProps) {
  const [searching, setSearching] = useState(false);
  const [helping, setHelping] = useState(false);
  useShortcuts({
    onSearch: useCallback(() => setSearching((open) => !open), []),
    onSearchLikely: loadPaletteSoon,
    onHelp: useCallback(() => setHelping(true), []),
  });
  return (
    <LiveProvider>
      <div className="flex min-h-dvh">
        <a
          href="#content"
          className="sr-only z-50 rounded-control bg-accent p-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to content
        </a>
        <Nav narrow={narrowNav} />
        <div className="flex min-w-0 flex-1 flex-col">
          <TopBar
            account={account}
            environmentSwitch={<EnvironmentSwitch />}
            freshness={<FreshnessDot />}
            bell={<Bell />}
            accountMenu={accountMenu}
            onSearch={() => setSearching(true)}
          />
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-content flex-1 p-6 outline-none max-sm:p-4 max-sm:pb-20"
          >
            <StaleBanner />
            {children}
          </main>
        </div>
        <BottomBar />
      </div>
      {searching ? <CommandPalette onClose={() => setSearching(false)} onHelp={() => setHelping(true)} /> : null}
      {helping ? <ShortcutHelp onClose={() => setHelping(false)} /> : null}
    </LiveProvider>
  );
}
