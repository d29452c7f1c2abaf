import { COMPONENT, LABEL } from "#domain/shared/cluster-names.ts";
import { type AckAnswer, decideApplied, type RouterPod } from "#domain/traffic/acknowledge.ts";
import type { AckReport } from "#server/db/reconcile/endpoint-report.ts";
import type { EndpointState } from "#server/db/reconcile/endpoint-state.ts";
import { installationSelector, type Scope } from "#worker/runtime/scope.ts";
import type { Run } from "./ensure.ts";
import { ackedPlans, routerPodsOf } from "./observe.ts";

export type AcksSeen = Readonly<{
  answer: AckAnswer;
  /** Some router serves the published plan. */
  served: boolean;
  /** Acknowledgements that are not recorded yet. */
  news: readonly AckReport[];
  /** Of a fresh read; null when none was made. */
  routerPodUids: readonly string[] | null;
}>;

/**
 * How far routers are with the published plan. Only for a plan that still lacks the proof, and only once nobody seems
 * silent, the pods are read anew: the acknowledgements were there before that read began.
 */
export async function seeAcks(
  run: Run,
  scope: Scope,
  state: EndpointState,
  published: { number: number; at: Date; lacksProof: boolean },
): Promise<AcksSeen> {
  const acks = ackedPlans(scope, state.uid, state.acks);
  const ask = (routerPods: readonly RouterPod[], podsListedAfterLastAck: boolean) =>
    decideApplied({
      planNumber: published.number,
      publishedAt: published.at,
      routerPods,
      acks,
      podsListedAfterLastAck,
    });
  let pods = routerPodsOf(scope.views.pods.labelled(LABEL.component, COMPONENT.router));
  let answer = ask(pods, false);
  const seemsProven = published.lacksProof && answer.routers > 0 && answer.silent.length === 0;
  if (seemsProven) {
    run.failpoint("before-applied");
    pods = routerPodsOf(await listRouterPods(run, scope));
    answer = ask(pods, true);
  }
  return {
    answer,
    served: pods.some((pod) => (acks.get(pod.uid) ?? -1) >= published.number),
    news: pods.flatMap((pod) => {
      const planNumber = acks.get(pod.uid);
      if (planNumber === undefined || state.acks[pod.uid] === planNumber) return [];
      return [{ podUid: pod.uid, podName: pod.name, nodeName: pod.node, planNumber }];
    }),
    routerPodUids: seemsProven ? pods.map(({ uid }) => uid) : null,
  };
}

const listRouterPods = (run: Run, scope: Scope) =>
  scope.cluster.list({
    apiVersion: "v1",
    kind: "Pod",
    namespace: scope.namespace,
    labelSelector: `${installationSelector(run.installationId)},${LABEL.component}=${COMPONENT.router}`,
  });
