import { headers } from "next/headers";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { Banner } from "#components/ui/banner.tsx";
import { sameSitePath } from "#domain/shared/same-site-path.ts";
import { signInPath } from "#domain/shared/screen-paths.ts";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";
import { Console } from "../console.tsx";

export default async function Layout({ children }: { children: ReactNode }) {
  const given = await headers();
  const account = await accountOf(webContainer(), given).catch(() => "away" as const);
  if (account === "away") return <Away />;
  if (account === null) redirect(signInPath(sameSitePath(given.get("x-slipway-path"))));
  return <Console account={account}>{children}</Console>;
}

/** Who asks is not known without the database; a page that is open already goes on with what it has. */
const Away = () => (
  <main className="mx-auto flex min-h-dvh max-w-120 flex-col justify-center gap-4 p-4">
    <h1 className="sr-only">Slipway</h1>
    <Banner status="Failing" title="Slipway cannot reach its database.">
      Predictions go on as they are, and nothing that was saved is lost. Reload this page in a moment.
    </Banner>
  </main>
);
