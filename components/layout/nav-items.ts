import { Boxes, type LucideIcon, Radio, ScrollText, Settings, Siren, SquareActivity } from "lucide-react";
import { screenPaths } from "#domain/shared/screen-paths.ts";

export type NavItem = Readonly<{
  label: string;
  href: string;
  icon: LucideIcon;
  /** Leads there after "g". */
  key: string;
  /** It is about one environment or all: the choice goes along. */
  byEnvironment?: boolean;
}>;

/** Only what exists; below the line what is for administration. */
export const NAV_MAIN: readonly NavItem[] = [
  { label: "Overview", href: screenPaths.overview, icon: SquareActivity, key: "o", byEnvironment: true },
  { label: "Models", href: screenPaths.models, icon: Boxes, key: "m" },
  { label: "Endpoints", href: screenPaths.endpoints, icon: Radio, key: "e", byEnvironment: true },
  { label: "Incidents", href: screenPaths.incidents, icon: Siren, key: "i", byEnvironment: true },
];
export const NAV_BELOW: readonly NavItem[] = [
  { label: "Audit", href: screenPaths.audit, icon: ScrollText, key: "a" },
  { label: "Settings", href: screenPaths.settings, icon: Settings, key: "s" },
];

/** The chosen environment goes along to where it matters; null: all of them. */
export const hrefOf = ({ href, byEnvironment }: NavItem, environment: string | null): string =>
  byEnvironment ? screenPaths.inEnvironment(href, environment) : href;

export const isHere = (href: string, pathname: string): boolean =>
  href === "/" ? pathname === "/" : pathname === href || pathname.startsWith(`${href}/`);

const ENDPOINT = /^\/endpoints\/([^/]+)\/([^/]+)$/;

/** The endpoint whose page this is; null: it is another page. */
export function endpointHere(pathname: string): { environment: string; endpoint: string } | null {
  const [, environment, endpoint] = ENDPOINT.exec(pathname) ?? [];
  return environment === undefined || endpoint === undefined
    ? null
    : { environment: decodeURIComponent(environment), endpoint: decodeURIComponent(endpoint) };
}
