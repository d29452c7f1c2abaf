"use client";

import type { ReactNode } from "react";
import { BottomBar, Nav } from "./nav.tsx";
import { type Account, TopBar } from "./top-bar.tsx";

type FrameProps = Readonly<{
  account: Account | null;
  narrowNav: boolean;
  accountMenu?: ReactNode;
  children: ReactNode;
}>;

/** What is around every screen of the console. */
export function Frame({ account, narrowNav, accountMenu, children }: FrameProps) {
  return (
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
          environmentSwitch={null}
          freshness={null}
          accountMenu={accountMenu}
          onSearch={() => {}}
        />
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto w-full max-w-content flex-1 p-6 outline-none max-sm:p-4 max-sm:pb-20"
        >
          {children}
        </main>
      </div>
      <BottomBar />
    </div>
  );
}
