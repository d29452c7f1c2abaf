"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { screenPaths } from "#domain/shared/screen-paths.ts";

const PARTS = [
  ["environments", "Environments"],
  ["clusters", "Clusters"],
  ["people", "People"],
  ["tokens", "Tokens"],
  ["rights", "Rights"],
  ["system", "System"],
  ["account", "Your account"],
] as const;

export function SettingsNav() {
  const pathname = usePathname();
  return (
    <nav aria-label="Settings" className="w-40 shrink-0 max-md:w-full">
      <ul className="flex flex-col gap-0.5 max-md:flex-row max-md:overflow-x-auto max-md:border-b max-md:pb-2">
        {PARTS.map(([part, label]) => (
          <li key={part}>
            <Link
              href={screenPaths.settingsOf(part)}
              aria-current={pathname === screenPaths.settingsOf(part) ? "page" : undefined}
              className="flex h-8 items-center whitespace-nowrap rounded-control px-2 font-medium text-muted hover:bg-hover hover:text-ink aria-[current=page]:bg-hover aria-[current=page]:text-ink max-sm:h-11"
            >
              {label}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
