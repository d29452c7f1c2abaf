import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Frame } from "#components/layout/frame.tsx";

export default async function Layout({ children }: { children: ReactNode }) {
  const narrowNav = (await cookies()).get("slipway-nav")?.value === "narrow";
  return (
    <Frame account={null} narrowNav={narrowNav}>
      {children}
    </Frame>
  );
}
