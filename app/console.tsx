import { cookies } from "next/headers";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ComponentProps, ReactNode } from "react";
import { AccountMenu } from "#components/layout/account-menu.tsx";
import { Frame } from "#components/layout/frame.tsx";
import { ApiProvider } from "#components/trpc/provider.tsx";
import { AccountProvider } from "#components/ui/access.tsx";

type ConsoleProps = Readonly<{
  account: NonNullable<ComponentProps<typeof AccountProvider>["account"]>;
  children: ReactNode;
}>;

/** What somebody who is signed in sees around every screen, also around the one that is not there. */
export async function Console({ account, children }: ConsoleProps) {
  const narrowNav = (await cookies()).get("slipway-nav")?.value === "narrow";
  return (
    <NuqsAdapter>
      <ApiProvider>
        <AccountProvider account={account}>
          <Frame account={account} accountMenu={<AccountMenu />} narrowNav={narrowNav}>
            {children}
          </Frame>
        </AccountProvider>
      </ApiProvider>
    </NuqsAdapter>
  );
}
