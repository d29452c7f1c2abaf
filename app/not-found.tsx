import type { Metadata } from "next";
import { headers } from "next/headers";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";
import Nothing from "./(console)/not-found.tsx";
import { Console } from "./console.tsx";

export const metadata: Metadata = { title: "Nothing here" };

export default async function NotFound() {
  // Without the database nobody is known, and there is still nothing here.
  const account = await accountOf(webContainer(), await headers()).catch(() => null);
  if (account === null)
    return (
      <main className="mx-auto flex min-h-dvh max-w-120 flex-col justify-center p-4">
        <Nothing />
      </main>
    );
  return (
    <Console account={account}>
      <Nothing />
    </Console>
  );
}
