import type { Metadata } from "next";
import { notFound } from "next/navigation";

export const metadata: Metadata = { title: "Nothing here" };

/**
 * Whatever no other page is for. The root's own not-found is rendered into every page, in case it is needed: with the
 * console in it each would fetch that, sign-in too.
 */
export default function Page(): never {
  notFound();
}
