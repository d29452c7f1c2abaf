import type { Metadata } from "next";
import Nothing from "./(console)/not-found.tsx";

export const metadata: Metadata = { title: "Nothing here" };

export default function NotFound() {
  return (
    <main className="mx-auto flex min-h-dvh max-w-120 flex-col justify-center p-4">
      <Nothing />
    </main>
  );
}
