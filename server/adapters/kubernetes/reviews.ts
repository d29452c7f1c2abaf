import { z } from "zod";
import { type AccessRule, isGranted, type Right } from "#domain/cluster/rights.ts";
import { isKubeError } from "#k8s/client/errors.ts";
import type { Kube } from "#k8s/client/kube.ts";
import type { ClusterIdentity } from "#server/ports/cluster.ts";

const versionSchema = z.object({ gitVersion: z.string() });
const whoSchema = z.object({ status: z.object({ userInfo: z.object({ username: z.string() }) }) });
const list = z
  .array(z.string())
  .nullish()
  .transform((given) => given ?? []);
const rulesSchema = z.object({
  status: z.object({
    resourceRules: z
      .array(z.object({ verbs: list, apiGroups: list, resources: list, resourceNames: list }))
      .nullish()
      .transform((rules): AccessRule[] => rules ?? []),
    incomplete: z.boolean().nullish(),
  }),
});
const accessSchema = z.object({ status: z.object({ allowed: z.boolean() }) });

/**
 * Who is there and whom it takes us for. Asking for the version proves nothing of our credentials, and older clusters
 * cannot say who we are; a refused one throws `unauthorized`.
 */
export async function identify({ transport, get }: Kube, deadlineMs: number): Promise<ClusterIdentity> {
  const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
  const [version, who, system] = await Promise.all([
    transport.send({ method: "GET", path: "/version", what: "get the version", deadlineMs }),
    transport
      .send({
        method: "POST",
        path: `/apis/${review.apiVersion}/selfsubjectreviews`,
        body: review,
        what: "ask who we are",
        deadlineMs,
      })
      .catch(unlessRefusedKind),
    get({ apiVersion: "v1", kind: "Namespace", name: "kube-system" }, { deadlineMs }).catch(unlessRefusedKind),
  ]);
  const named = whoSchema.safeParse(who);
  return {
    version: versionSchema.safeParse(version).data?.gitVersion ?? "unknown",
    userName: named.success ? named.data.status.userInfo.username : null,
    uid: system?.metadata.uid ?? null,
  };
}

const unlessRefusedKind = (error: unknown): null => {
  if (isKubeError(error, "forbidden", "unknown_kind", "not_found", "invalid")) return null;
  throw error;
};

/** Which of these rights we have in a namespace: one question for all, and one for each that its answer leaves open. */
export async function missingRights(
  { transport }: Kube,
  namespace: string,
  needed: readonly Right[],
  deadlineMs: number,
): Promise<Right[]> {
  const ask = (kind: string, plural: string, spec: unknown) =>
    transport.send({
      method: "POST",
      path: `/apis/authorization.k8s.io/v1/${plural}`,
      body: { apiVersion: "authorization.k8s.io/v1", kind, spec },
      what: `ask for our rights in ${namespace}`,
      deadlineMs,
    });
  const { status } = rulesSchema.parse(await ask("SelfSubjectRulesReview", "selfsubjectrulesreviews", { namespace }));
  const open = needed.filter((right) => !isGranted(status.resourceRules, right));
  if (status.incomplete !== true) return open;
  const answers = await Promise.all(
    open.map(async (right) => {
      const [resource, subresource] = right.resource.split("/");
      const { verb, group, name } = right;
      const resourceAttributes = { namespace, verb, group, resource, subresource, name };
      return accessSchema.parse(
        await ask("SelfSubjectAccessReview", "selfsubjectaccessreviews", { resourceAttributes }),
      );
    }),
  );
  return open.filter((_, index) => answers[index]?.status.allowed !== true);
}
