export type Difference = Readonly<{ path: string; from: unknown; to: unknown }>;

/** Members that differ between two JSON values, deepest first met; null stands for absent. Lists are compared by place. */
export function differencesOf(from: unknown, to: unknown, path = ""): Difference[] {
  if (isBranch(from) && isBranch(to) && Array.isArray(from) === Array.isArray(to)) {
    const names = new Set([...Object.keys(from), ...Object.keys(to)]);
    return [...names].flatMap((name) => differencesOf(from[name], to[name], path === "" ? name : `${path}.${name}`));
  }
  return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from: from ?? null, to: to ?? null }];
}

const isBranch = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
