/** Where a version is to go: an endpoint that is there, or one to be made. An empty name: not said yet. */
export type DeployTarget = Readonly<{ isNew: boolean; endpoint: string; environment: string }>;

/** Pressing the kind that is chosen already keeps what was typed or picked under it. */
export function ofKind(target: DeployTarget, isNew: boolean, suggestion: string): DeployTarget {
  if (target.isNew === isNew) return target;
  return { ...target, isNew, endpoint: isNew ? suggestion : "" };
}
