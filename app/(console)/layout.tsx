import { cookies, headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { AccountMenu } from "#components/layout/account-menu.tsx";
import { Frame } from "#components/layout/frame.tsx";
import { AccountProvider } from "#components/ui/access.tsx";
import { sameSitePath } from "#domain/shared/same-site-path.ts";
import { signInPath } from "#domain/shared/screen-paths.ts";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";

export default async function Layout({ children }: { children: ReactNode }) {
  const given = await headers();
  const account = await accountOf(webContainer(), given);
  if (account === null) redirect(signInPath(sameSitePath(given.get("x-slipway-path"))));
  const narrowNav = (await cookies()).get("slipway-nav")?.value === "narrow";
  return (
    <AccountProvider account={account}>
      <Frame account={account} accountMenu={<AccountMenu />} narrowNav={narrowNav}>
        {children}
      </Frame>
    </AccountProvider>
  );
}
