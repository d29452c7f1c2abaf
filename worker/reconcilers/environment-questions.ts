import { neededRights, rightWords } from "#domain/cluster/rights.ts";
import { MODEL_SERVICE_ACCOUNT, ROUTER_NAME } from "#domain/shared/cluster-names.ts";
import type { ConditionReport } from "#server/db/reconcile/conditions.ts";
import { type EnvironmentState, reportRights } from "#server/db/reconcile/environment-state.ts";
import { isClusterError, type ObjectRef } from "#server/ports/cluster.ts";
import { environmentKey } from "#worker/runtime/keys.ts";
import type { Scope } from "#worker/runtime/scope.ts";
import { storeOf } from "./artifact.ts";
import type { Run } from "./ensure.ts";

/** Rights and accounts change by hand, seldom. */
const ASK_EVERY_MS = 60_000;
/** Sooner while an administrator is at it. */
const ASK_AGAIN_MS = 10_000;
const RIGHTS_SHOWN_MAX = 12;

/**
 * What no watch tells: our rights in the namespace, whether it and its accounts are there, and whether the artifact
 * store answers us. Nothing when it was asked lately; what cannot be answered is left as it was.
 */
export async function askCluster(run: Run, scope: Scope, state: EnvironmentState): Promise<ConditionReport[]> {
  const isWhole = QUESTIONS.every((type) => state.conditions.find((c) => c.type === type)?.status === "True");
  const since = performance.now() - scope.asked.at;
  if (since < (isWhole ? ASK_EVERY_MS : ASK_AGAIN_MS)) return [];
  scope.asked.at = performance.now();
  const answers = await Promise.all([
    rights(run, scope, state).catch(unlessAway),
    namespace(scope).catch(unlessAway),
    accounts(scope).catch(unlessAway),
    store(run, scope),
  ]);
  if (!isWhole) run.queue.addAfter(environmentKey(state.id), ASK_AGAIN_MS);
  return answers.flatMap((answer) => (answer === null ? [] : [{ ...answer, observedGeneration: state.generation }]));
}

const QUESTIONS = ["RightsGranted", "NamespacePresent", "ArtifactStoreReachable"] as const;
type Answer = Omit<ConditionReport, "observedGeneration">;

const unlessAway = (error: unknown): null => {
  if (isClusterError(error)) return null;
  throw error;
};

async function rights(run: Run, scope: Scope, state: EnvironmentState): Promise<Answer> {
  const needed = neededRights({
    podMonitors: state.podMonitorLabels !== null,
    logs: state.cluster.source === "kubeconfig",
  });
  const missing = (await scope.cluster.missingRights(scope.namespace, needed)).map(rightWords).sort();
  const known = state.status?.missingRights ?? [];
  if (state.status?.rightsCheckedAt == null || missing.join() !== known.join())
    await reportRights(run.db, state.id, missing);
  if (missing.length === 0)
    return {
      type: "RightsGranted",
      status: "True",
      reason: "AllGranted",
      message: `All ${needed.length} rights are there.`,
    };
  const more = missing.length > RIGHTS_SHOWN_MAX ? ` and ${missing.length - RIGHTS_SHOWN_MAX} more` : "";
  const message = `The worker may not: ${missing.slice(0, RIGHTS_SHOWN_MAX).join(", ")}${more}.`;
  return { type: "RightsGranted", status: "False", reason: "Missing", message };
}

async function namespace(scope: Scope): Promise<Answer> {
  const type = "NamespacePresent";
  const there = await isThere(scope, { apiVersion: "v1", kind: "Namespace", name: scope.namespace });
  // Where it may not be read, what the worker watches in it shows it: a list of an absent one is empty, and pods are not.
  if (there === null && scope.views.pods.objects.size > 0)
    return { type, status: "True", reason: "HasPods", message: "" };
  if (there === null) return { type, status: "Unknown", reason: "NotReadable", message: "The worker may not read it." };
  if (there) return { type, status: "True", reason: "Found", message: "" };
  return { type, status: "False", reason: "NotFound", message: `There is no namespace ${scope.namespace}.` };
}

async function accounts(scope: Scope): Promise<Answer> {
  const type = "ServiceAccountsPresent";
  const names = [ROUTER_NAME, MODEL_SERVICE_ACCOUNT];
  const there = await Promise.all(
    names.map((name) => isThere(scope, { apiVersion: "v1", kind: "ServiceAccount", namespace: scope.namespace, name })),
  );
  const absent = names.filter((_, index) => there[index] === false);
  if (absent.length > 0)
    return { type, status: "False", reason: "NotFound", message: `There is no ServiceAccount ${absent.join(", ")}.` };
  if (!there.includes(null)) return { type, status: "True", reason: "Found", message: "" };
  // No pod is made for an account that is not there.
  const used = new Set(
    [...scope.views.pods.objects.values()].map(
      (pod) => (pod.spec as { serviceAccountName?: string }).serviceAccountName,
    ),
  );
  if (names.every((name) => used.has(name))) return { type, status: "True", reason: "InUse", message: "" };
  return { type, status: "Unknown", reason: "NotReadable", message: "The worker may not read ServiceAccounts." };
}

/** Null: we may not know. */
async function isThere(scope: Scope, ref: ObjectRef): Promise<boolean | null> {
  try {
    return (await scope.cluster.get(ref)) !== null;
  } catch (error) {
    if (isClusterError(error, "forbidden")) return null;
    throw error;
  }
}

async function store(run: Run, scope: Scope): Promise<Answer | null> {
  const found = storeOf(run, scope);
  if (found === null) return null;
  const type = "ArtifactStoreReachable";
  try {
    await run.plane.has(found, ABSENT_DIGEST);
    return { type, status: "True", reason: "Answers", message: "" };
  } catch (error) {
    const message = `The artifact store does not answer the worker: ${error instanceof Error ? error.message : error}.`;
    return { type, status: "False", reason: "NoAnswer", message };
  }
}

/** Asked for only to see whether there is an answer. */
const ABSENT_DIGEST = `sha256:${"0".repeat(64)}`;
