import { createToken } from "#server/services/access/create-token.ts";
import { listTokens } from "#server/services/access/list-tokens.ts";
import { revokeToken } from "#server/services/access/revoke-token.ts";
import { putArtifact } from "#server/services/artifact/put.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { createCluster } from "#server/services/cluster/create.ts";
import { listClusters } from "#server/services/cluster/list.ts";
import { removeCluster } from "#server/services/cluster/remove.ts";
import { updateCluster } from "#server/services/cluster/update.ts";
import { getAlertRules } from "#server/services/endpoint/alert-rules.ts";
import { createEndpoint } from "#server/services/endpoint/create.ts";
import { deleteEndpoint } from "#server/services/endpoint/delete.ts";
import { getEndpoint } from "#server/services/endpoint/get.ts";
import { listEndpoints } from "#server/services/endpoint/list.ts";
import { getMetrics } from "#server/services/endpoint/metrics.ts";
import { getOverview } from "#server/services/endpoint/overview.ts";
import { listServing } from "#server/services/endpoint/serving.ts";
import { setHealthTargets } from "#server/services/endpoint/set-health-targets.ts";
import { tryEndpoint } from "#server/services/endpoint/try.ts";
import { createEnvironment } from "#server/services/environment/create.ts";
import { deleteEnvironment } from "#server/services/environment/delete.ts";
import { listEnvironments } from "#server/services/environment/list.ts";
import { updateEnvironment } from "#server/services/environment/update.ts";
import { acknowledgeIncident } from "#server/services/incident/acknowledge.ts";
import { getIncident } from "#server/services/incident/get.ts";
import { listIncidents } from "#server/services/incident/list.ts";
import { noteIncident } from "#server/services/incident/note.ts";
import { resolveIncident } from "#server/services/incident/resolve.ts";
import { silenceIncident } from "#server/services/incident/silence.ts";
import { createModel } from "#server/services/model/create.ts";
import { deleteAlias } from "#server/services/model/delete-alias.ts";
import { getModel } from "#server/services/model/get.ts";
import { listModels } from "#server/services/model/list.ts";
import { putAlias } from "#server/services/model/put-alias.ts";
import { changePassword } from "#server/services/person/change-password.ts";
import { createPerson } from "#server/services/person/create.ts";
import { disablePerson } from "#server/services/person/disable.ts";
import { enablePerson } from "#server/services/person/enable.ts";
import { listPeople } from "#server/services/person/list.ts";
import { resetPassword } from "#server/services/person/reset-password.ts";
import { setPersonRole } from "#server/services/person/set-role.ts";
import { createRevision } from "#server/services/revision/create.ts";
import { openPodLog } from "#server/services/revision/pod-log.ts";
import { listPods } from "#server/services/revision/pods.ts";
import { getSystem } from "#server/services/system/get.ts";
import { listPlans } from "#server/services/traffic/list-plans.ts";
import { putTraffic } from "#server/services/traffic/put.ts";
import { reassertPlan } from "#server/services/traffic/reassert.ts";
import { resumeEndpoint } from "#server/services/traffic/resume.ts";
import { rollBack } from "#server/services/traffic/rollback.ts";
import { previewRollback } from "#server/services/traffic/rollback-preview.ts";
import { previewTraffic } from "#server/services/traffic/traffic-preview.ts";
import type { Verb } from "#server/services/verb.ts";
import { getVersion } from "#server/services/version/get.ts";
import { getVersionGraph } from "#server/services/version/graph.ts";
import { listVersions } from "#server/services/version/list.ts";
import { registerVersion } from "#server/services/version/register.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export type Route = Readonly<{
  method: Method;
  /** Below /api/v1; `{name}` becomes the verb's input of that name. */
  path: `/${string}`;
  verb: Verb;
  /** Of a success; 200 unless said. */
  status?: number;
  /** Inputs taken from the query; a GET takes all that its path does not name. */
  query?: readonly string[];
  /** The input that comes in If-Match, and whose absence is 428. */
  ifMatch?: keyof typeof IF_MATCH;
  /** The body is the file itself. */
  upload?: true;
  /** The answer is this text, or a stream of it, and no JSON. */
  media?: "text/plain" | "application/yaml";
}>;

/** What the number in If-Match is. */
export const IF_MATCH = { expectedPlan: "plan number", expectedGeneration: "generation" } as const;

const environment = ["environment"];

/** The whole REST surface: requests, OpenAPI and the tests of rights are made from this table. */
export const ROUTES: readonly Route[] = [
  { method: "POST", path: "/models", verb: createModel, status: 201 },
  { method: "GET", path: "/models", verb: listModels },
  { method: "GET", path: "/models/{model}", verb: getModel },
  { method: "POST", path: "/models/{model}/versions", verb: registerVersion, status: 201 },
  { method: "GET", path: "/models/{model}/versions", verb: listVersions },
  { method: "GET", path: "/models/{model}/versions/{version}", verb: getVersion },
  { method: "GET", path: "/models/{model}/versions/{version}/graph", verb: getVersionGraph },
  { method: "PUT", path: "/models/{model}/aliases/{alias}", verb: putAlias },
  { method: "DELETE", path: "/models/{model}/aliases/{alias}", verb: deleteAlias },
  { method: "PUT", path: "/artifacts", verb: putArtifact, upload: true },
  { method: "GET", path: "/environments", verb: listEnvironments },
  { method: "POST", path: "/environments", verb: createEnvironment, status: 201 },
  {
    method: "PUT",
    path: "/environments/{environment}",
    verb: updateEnvironment,
    ifMatch: "expectedGeneration",
  },
  { method: "DELETE", path: "/environments/{environment}", verb: deleteEnvironment, status: 202 },
  { method: "GET", path: "/clusters", verb: listClusters },
  { method: "POST", path: "/clusters", verb: createCluster, status: 201 },
  { method: "PUT", path: "/clusters/{cluster}", verb: updateCluster, ifMatch: "expectedGeneration" },
  { method: "DELETE", path: "/clusters/{cluster}", verb: removeCluster, query: ["abandon"] },
  { method: "POST", path: "/endpoints", verb: createEndpoint, status: 201 },
  { method: "GET", path: "/endpoints", verb: listEndpoints },
  { method: "GET", path: "/endpoints/{endpoint}", verb: getEndpoint },
  { method: "DELETE", path: "/endpoints/{endpoint}", verb: deleteEndpoint, status: 202, query: environment },
  {
    method: "POST",
    path: "/endpoints/{endpoint}/revisions",
    verb: createRevision,
    status: 201,
    query: ["environment", "dryRun"],
  },
  {
    method: "PUT",
    path: "/endpoints/{endpoint}/traffic",
    verb: putTraffic,
    query: environment,
    ifMatch: "expectedPlan",
  },
  { method: "POST", path: "/endpoints/{endpoint}/rollback", verb: rollBack, query: environment },
  { method: "POST", path: "/endpoints/{endpoint}/reassert", verb: reassertPlan, query: environment },
  { method: "POST", path: "/endpoints/{endpoint}/resume", verb: resumeEndpoint, query: environment },
  { method: "GET", path: "/endpoints/{endpoint}/plans", verb: listPlans },
  { method: "GET", path: "/endpoints/{endpoint}/metrics", verb: getMetrics },
  {
    method: "PUT",
    path: "/endpoints/{endpoint}/health-targets",
    verb: setHealthTargets,
    query: environment,
  },
  { method: "POST", path: "/endpoints/{endpoint}/try", verb: tryEndpoint, query: environment },
  { method: "GET", path: "/models/{model}/serving", verb: listServing },
  { method: "GET", path: "/endpoints/{endpoint}/pods", verb: listPods },
  { method: "GET", path: "/endpoints/{endpoint}/rollback", verb: previewRollback },
  { method: "POST", path: "/endpoints/{endpoint}/traffic/preview", verb: previewTraffic, query: environment },
  { method: "GET", path: "/overview", verb: getOverview },
  {
    method: "GET",
    path: "/endpoints/{endpoint}/revisions/{revision}/pods/{pod}/log",
    verb: openPodLog,
    media: "text/plain",
  },
  { method: "GET", path: "/rules.yml", verb: getAlertRules, media: "application/yaml" },
  { method: "GET", path: "/incidents", verb: listIncidents },
  { method: "GET", path: "/incidents/{incident}", verb: getIncident },
  { method: "POST", path: "/incidents/{incident}/acknowledge", verb: acknowledgeIncident },
  { method: "POST", path: "/incidents/{incident}/notes", verb: noteIncident, status: 201 },
  { method: "POST", path: "/incidents/{incident}/resolve", verb: resolveIncident },
  { method: "POST", path: "/incidents/{incident}/silence", verb: silenceIncident },
  { method: "GET", path: "/audit", verb: listAudit },
  { method: "GET", path: "/system", verb: getSystem },
  { method: "POST", path: "/people", verb: createPerson, status: 201 },
  { method: "GET", path: "/people", verb: listPeople },
  { method: "PUT", path: "/people/{person}/role", verb: setPersonRole },
  { method: "POST", path: "/people/{person}/disable", verb: disablePerson },
  { method: "POST", path: "/people/{person}/enable", verb: enablePerson },
  { method: "POST", path: "/people/{person}/password", verb: resetPassword },
  { method: "PUT", path: "/people/me/password", verb: changePassword },
  { method: "POST", path: "/tokens", verb: createToken, status: 201 },
  { method: "GET", path: "/tokens", verb: listTokens },
  { method: "DELETE", path: "/tokens/{token}", verb: revokeToken },
];
