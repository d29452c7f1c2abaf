import { Boxes, type LucideIcon, Radio, ScrollText, Settings, Siren, SquareActivity } from "lucide-react";
import { screenPaths } from "#domain/shared/screen-paths.ts";

export type NavItem = Readonly<{ label: string; href: string; icon: LucideIcon }>;

/** Only what exists; below the line what is for administration. */
export const NAV_MAIN: readonly NavItem[] = [
  { label: "Overview", href: screenPaths.overview, icon: SquareActivity },
  { label: "Models", href: screenPaths.models, icon: Boxes },
  { label: "Endpoints", href: screenPaths.endpoints, icon: Radio },
  { label: "Incidents", href: screenPaths.incidents, icon: Siren },
];
export const NAV_BELOW: readonly NavItem[] = [
  { label: "Audit", href: screenPaths.audit, icon: ScrollText },
  { label: "Settings", href: screenPaths.settings, icon: Settings },
];

export const isHere = (href: string, pathname: string): boolean =>
  href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);
