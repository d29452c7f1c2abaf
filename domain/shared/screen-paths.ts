/** Where each screen is: links in the browser, in notifications and in exported rules all come from here. */
export const screenPaths = {
  overview: "/",
  models: "/models",
  model: (model: string) => `/models/${encodeURIComponent(model)}`,
  version: (model: string, version: string) => `${screenPaths.model(model)}/versions/${encodeURIComponent(version)}`,
  endpoints: "/endpoints",
  endpoint: (environment: string, endpoint: string) =>
    `/endpoints/${encodeURIComponent(environment)}/${encodeURIComponent(endpoint)}`,
  incidents: "/incidents",
  incidentsOf: (environment: string, endpoint: string) =>
    `/incidents?environment=${encodeURIComponent(environment)}&endpoint=${encodeURIComponent(endpoint)}`,
  incident: (id: string) => `/incidents/${encodeURIComponent(id)}`,
  audit: "/audit",
  settings: "/settings",
  settingsOf: (part: string) => `/settings/${part}`,
  signIn: "/sign-in",
  /** A screen of one environment; null: of all. */
  inEnvironment: (path: string, environment: string | null) =>
    environment === null ? path : `${path}?environment=${encodeURIComponent(environment)}`,
} as const;

/** Why somebody who was signed in no longer is. */
export const SIGNED_OUT_REASONS = ["password", "ended"] as const;
type SignedOutReason = (typeof SIGNED_OUT_REASONS)[number];

/** The sign-in screen, which leads to `next` afterwards and says why it is there. */
export function signInPath(next: string, why?: SignedOutReason): string {
  const search = new URLSearchParams({ ...(next === "/" ? {} : { next }), ...(why === undefined ? {} : { why }) });
  return search.size === 0 ? screenPaths.signIn : `${screenPaths.signIn}?${search}`;
}
