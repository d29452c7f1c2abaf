import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { SignInForm } from "#components/features/access/sign-in-form.tsx";
import { Logo } from "#components/ui/logo.tsx";
import { sameSitePath } from "#domain/shared/same-site-path.ts";
import { SIGNED_OUT_REASONS } from "#domain/shared/screen-paths.ts";
import { webContainer } from "#server/api/context.ts";
import { accountOf } from "#server/api/sign-in.ts";

export const metadata: Metadata = { title: "Sign in" };

type Query = { next?: string | string[]; why?: string | string[] };

const WHY = {
  password: "Your password is changed. Sign in with the new one.",
  ended: "Your session has ended. Sign in again to go on where you were.",
} satisfies Record<(typeof SIGNED_OUT_REASONS)[number], string>;

export default async function Page({ searchParams }: { searchParams: Promise<Query> }) {
  const { next: given, why } = await searchParams;
  const reason = SIGNED_OUT_REASONS.find((one) => one === why);
  const next = sameSitePath(typeof given === "string" ? given : null);
  // A database that is away must not keep the page from saying so itself.
  const account = await accountOf(webContainer(), await headers()).catch(() => null);
  if (account !== null) redirect(next);
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-90 flex-col justify-center gap-6 p-4">
      <h1 className="flex items-center gap-2 font-semibold text-title">
        <Logo className="size-8" /> Sign in to Slipway
      </h1>
      {reason === undefined ? null : <p role="status">{WHY[reason]}</p>}
      <SignInForm next={next} />
    </main>
  );
}
