import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignInForm } from "#components/features/access/sign-in-form.tsx";
import { Logo } from "#components/ui/logo.tsx";
import { sameSitePath } from "#domain/shared/same-site-path.ts";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function Page({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next: given } = await searchParams;
  const next = sameSitePath(typeof given === "string" ? given : null);
  // A database that is away must not keep the page from saying so itself.
  const account = await accountOf(webContainer(), await headers()).catch(() => null);
  if (account !== null) redirect(next);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-90 flex-col justify-center gap-6 p-4">
      <h1 className="flex items-center gap-2 font-semibold text-title">
        <Logo className="size-8" /> Sign in to Slipway
      </h1>
      <SignInForm next={next} />
    </main>
  );
}
