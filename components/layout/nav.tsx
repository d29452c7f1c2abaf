"use client";

import { Ellipsis, PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Link } from "#components/ui/link.tsx";
import { Logo } from "#components/ui/logo.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { screenPaths } from "#domain/shared/screen-paths.ts";
import { hrefOf, isHere, NAV_BELOW, NAV_MAIN, type NavItem } from "./nav-items.ts";
import { useOpenIncidents } from "./open-incidents.ts";
import { useEnvironment } from "./use-environment.ts";

const KEPT_AS = "slipway-nav";

/** The left navigation; a bar at the bottom on a phone. `narrow` is how the reader left it. */
export function Nav({ narrow: narrowAtStart }: { narrow: boolean }) {
  const [narrow, setNarrow] = useState(narrowAtStart);
  const toggle = () => {
    // A cookie, so that the server draws the width the reader chose.
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is absent over plain http
    document.cookie = `${KEPT_AS}=${narrow ? "wide" : "narrow"}; path=/; max-age=31536000; samesite=lax`;
    setNarrow(!narrow);
  };
  const Toggle = narrow ? PanelLeftOpen : PanelLeftClose;
  return (
    <nav
      aria-label="Main"
      className={classNames(
        "print:hidden sticky top-0 flex h-dvh shrink-0 flex-col border-r bg-surface max-sm:hidden",
        narrow ? "w-rail" : "w-nav",
      )}
    >
      <Link
        href="/"
        className={classNames(
          "flex h-topbar items-center gap-2 font-semibold text-section",
          narrow ? "justify-center" : "px-4",
        )}
      >
        <Logo />
        <span className={narrow ? "sr-only" : ""}>Slipway</span>
      </Link>
      <ul className="flex flex-col gap-0.5 p-2">
        {NAV_MAIN.map((item) => (
          <NavLink key={item.href} item={item} narrow={narrow} />
        ))}
      </ul>
      <ul className="mx-2 flex flex-col gap-0.5 border-t py-2">
        {NAV_BELOW.map((item) => (
          <NavLink key={item.href} item={item} narrow={narrow} />
        ))}
      </ul>
      <button
        type="button"
        onClick={toggle}
        aria-label={narrow ? "Widen navigation" : "Narrow navigation"}
        className="mt-auto flex h-10 items-center justify-center border-t text-muted hover:bg-hover"
      >
        <Toggle className="size-4" aria-hidden />
      </button>
    </nav>
  );
}

function NavLink({ item, narrow }: { item: NavItem; narrow: boolean }) {
  const here = isHere(item.href, usePathname());
  const count = useCount(item.href);
  const href = useHref(item);
  return (
    <li>
      <Link
        href={href}
        aria-current={here ? "page" : undefined}
        title={narrow ? item.label : undefined}
        className={classNames(
          "flex h-8 items-center gap-2 rounded-control px-2 font-medium text-muted hover:bg-hover hover:text-ink",
          here && "bg-hover text-ink",
          narrow && "relative justify-center",
        )}
      >
        <item.icon className="size-4 shrink-0" aria-hidden />
        <span className={narrow ? "sr-only" : "truncate"}>{item.label}</span>
        <CountBadge count={count} className={narrow ? "absolute top-0 right-0" : "ml-auto"} />
      </Link>
    </li>
  );
}

/** The chosen environment goes along to where it matters. */
const useHref = (item: NavItem): string => hrefOf(item, useEnvironment().name);

/** How many of what the item leads to wait for somebody; null: none, or not known. */
function useCount(href: string): string | null {
  const open = useOpenIncidents();
  return href === screenPaths.incidents && open !== null && open.count !== "0" ? open.count : null;
}

const CountBadge = ({ count, className }: { count: string | null; className: string }) =>
  count === null ? null : (
    <span className={classNames("min-w-4 rounded-full bg-failing px-1 text-center text-[11px]/4 text-page", className)}>
      {count}
      <span className="sr-only"> open</span>
    </span>
  );

const bottomItem =
  "relative flex flex-1 flex-col items-center justify-center gap-0.5 text-[11px] text-muted aria-[current=page]:text-accent";

/** Four at hand, the rest behind More. */
export function BottomBar() {
  const pathname = usePathname();
  return (
    <nav
      aria-label="Main"
      className="print:hidden fixed inset-x-0 bottom-0 z-30 flex h-14 border-t bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {NAV_MAIN.map((item) => (
        <BottomLink key={item.href} item={item} here={isHere(item.href, pathname)} />
      ))}
      <Menu
        trigger={
          <button
            type="button"
            aria-current={NAV_BELOW.some(({ href }) => isHere(href, pathname)) ? "page" : undefined}
            className={bottomItem}
          >
            <Ellipsis className="size-5" aria-hidden />
            More
          </button>
        }
      >
        {NAV_BELOW.map((item) => (
          <MenuItem key={item.href} asChild>
            <Link href={item.href}>
              <item.icon aria-hidden />
              {item.label}
            </Link>
          </MenuItem>
        ))}
      </Menu>
    </nav>
  );
}

function BottomLink({ item, here }: { item: NavItem; here: boolean }) {
  const count = useCount(item.href);
  const href = useHref(item);
  return (
    <Link href={href} aria-current={here ? "page" : undefined} className={bottomItem}>
      <item.icon className="size-5" aria-hidden />
      {item.label}
      <CountBadge count={count} className="absolute top-1 left-1/2 ml-2" />
    </Link>
  );
}
