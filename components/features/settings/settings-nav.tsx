"use client";

import { usePathname } from "next/navigation";
import { useEffect, useRef } from "react";
import { Link } from "#components/ui/link.tsx";
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
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address moves the mark
  useEffect(() => {
    const { current } = list;
    const here = current?.querySelector<HTMLElement>("[aria-current]");
    // On a phone the list scrolls; not scrollIntoView, which moves the page as well.
    if (current && here) current.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - current.clientWidth / 2;
  }, [pathname]);
  return (
    <nav aria-label="Settings" className="w-40 shrink-0 max-md:w-full">
      <ul
        ref={list}
        className="relative flex flex-col gap-0.5 max-md:flex-row max-md:overflow-x-auto max-md:border-b max-md:pb-2"
      >
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
