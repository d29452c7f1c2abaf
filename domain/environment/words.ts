import type { ConditionView } from "#domain/shared/views.ts";

export type EnvironmentTrouble = Readonly<{ title: string; message: string; fix: string; since: string }>;

const SET_UP = "An administrator of the cluster runs the command that Settings → Environments shows for it.";

/** What each condition means when it is not as it should be. `bad` is its status then. */
const MEANINGS: Readonly<Record<string, Readonly<{ bad: "True" | "False"; title: string; fix: string }>>> = {
  ClusterReachable: {
    bad: "False",
    title: "Its cluster does not answer",
    fix: "What is shown of it is as old as that; predictions go on. See Settings → Clusters.",
  },
  Blocked: {
    bad: "True",
    title: "Something else is in its place",
    fix: "Rename or remove what is named, or use another namespace.",
  },
  NamespacePresent: {
    bad: "False",
    title: "Its namespace is not there",
    fix: SET_UP,
  },
  RightsGranted: {
    bad: "False",
    title: "The worker lacks rights in it",
    fix: SET_UP,
  },
  ServiceAccountsPresent: {
    bad: "False",
    title: "Its pods' accounts are not there",
    fix: SET_UP,
  },
  Degraded: { bad: "True", title: "Not everything could be made", fix: "It is tried again by itself." },
  RoutersReady: {
    bad: "False",
    title: "No router is ready",
    fix: "See why: kubectl describe deployment slipway-router",
  },
  ArtifactStoreReady: {
    bad: "False",
    title: "Its artifact store is not ready",
    fix: "Nothing new can be deployed. See why: kubectl describe deployment slipway-artifacts",
  },
  ArtifactStoreReachable: {
    bad: "False",
    title: "The worker does not reach its artifact store",
    fix: "The worker needs a way to the pods of the cluster, at port 8080.",
  },
  FieldConflict: {
    bad: "True",
    title: "Somebody else changes what Slipway has made",
    fix: "Leave these fields to Slipway: it takes them back each time.",
  },
  Orphans: {
    bad: "True",
    title: "Objects of this installation that it does not know",
    fix: "They are left as they are: delete them by hand when nobody needs them.",
  },
};

/** Without a namespace nothing can be in it: telling each of these beside it would bury the one that is to be mended. */
const INSIDE = new Set(["ServiceAccountsPresent", "Degraded", "RoutersReady", "ArtifactStoreReady"]);

/** What is wrong with an environment, what matters most first; not what only follows from it. */
export function environmentTroubles(conditions: readonly ConditionView[]): EnvironmentTrouble[] {
  const isNowhere = conditions.some(({ type, status }) => type === "NamespacePresent" && status === "False");
  return Object.entries(MEANINGS).flatMap(([type, { bad, title, fix }]) => {
    if (isNowhere && INSIDE.has(type)) return [];
    const condition = conditions.find((one) => one.type === type);
    if (condition?.status !== bad) return [];
    return [{ title, fix, message: condition.message, since: condition.lastTransitionAt }];
  });
}

/** What an administrator of the cluster runs once, in a checkout of this release. */
export const setUpCommand = (namespace: string): string =>
  `kubectl kustomize k8s/install/environment | sed s/slipway-models/${namespace}/g | kubectl apply --server-side -f -`;
