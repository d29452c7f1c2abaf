import type { ReactNode } from "react";
import { SettingsNav } from "#components/features/settings/settings-nav.tsx";

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <div className="flex gap-8 max-md:flex-col max-md:gap-4">
      <SettingsNav />
      <div className="flex min-w-0 flex-1 flex-col gap-4">{children}</div>
    </div>
  );
}
