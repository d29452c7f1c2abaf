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
} as const;

/** The sign-in screen, which leads to `next` afterwards. */
export const signInPath = (next: string): string =>
  next === "/" ? screenPaths.signIn : `${screenPaths.signIn}?next=${encodeURIComponent(next)}`;
