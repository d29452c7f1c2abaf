import { createToken } from "#server/services/access/create-token.ts";
import { listTokens } from "#server/services/access/list-tokens.ts";
import { revokeToken } from "#server/services/access/revoke-token.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { followChanges } from "#server/services/changes/follow.ts";
import { createCluster } from "#server/services/cluster/create.ts";
import { listClusters } from "#server/services/cluster/list.ts";
import { removeCluster } from "#server/services/cluster/remove.ts";
import { updateCluster } from "#server/services/cluster/update.ts";
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
import { listPods } from "#server/services/revision/pods.ts";
import { getSystem } from "#server/services/system/get.ts";
import { listPlans } from "#server/services/traffic/list-plans.ts";
import { putTraffic } from "#server/services/traffic/put.ts";
import { reassertPlan } from "#server/services/traffic/reassert.ts";
import { resumeEndpoint } from "#server/services/traffic/resume.ts";
import { rollBack } from "#server/services/traffic/rollback.ts";
import { previewRollback } from "#server/services/traffic/rollback-preview.ts";
import { previewTraffic } from "#server/services/traffic/traffic-preview.ts";
import { getVersion } from "#server/services/version/get.ts";
import { getVersionGraph } from "#server/services/version/graph.ts";
import { listVersions } from "#server/services/version/list.ts";
import { registerVersion } from "#server/services/version/register.ts";
import { mutation, query, router, subscription } from "./trpc.ts";

export const appRouter = router({
  model: router({
    create: mutation(createModel),
    list: query(listModels),
    get: query(getModel),
    putAlias: mutation(putAlias),
    deleteAlias: mutation(deleteAlias),
  }),
  version: router({
    register: mutation(registerVersion),
    list: query(listVersions),
    get: query(getVersion),
    graph: query(getVersionGraph),
  }),
  environment: router({
    create: mutation(createEnvironment),
    list: query(listEnvironments),
    update: mutation(updateEnvironment),
    delete: mutation(deleteEnvironment),
  }),
  cluster: router({
    create: mutation(createCluster),
    list: query(listClusters),
    update: mutation(updateCluster),
    remove: mutation(removeCluster),
  }),
  endpoint: router({
    create: mutation(createEndpoint),
    list: query(listEndpoints),
    overview: query(getOverview),
    serving: query(listServing),
    try: mutation(tryEndpoint),
    pods: query(listPods),
    rollbackPreview: query(previewRollback),
    trafficPreview: query(previewTraffic),
    setHealthTargets: mutation(setHealthTargets),
    get: query(getEndpoint),
    delete: mutation(deleteEndpoint),
    metrics: query(getMetrics),
    plans: query(listPlans),
    putTraffic: mutation(putTraffic),
    rollback: mutation(rollBack),
    reassert: mutation(reassertPlan),
    resume: mutation(resumeEndpoint),
  }),
  incident: router({
    list: query(listIncidents),
    get: query(getIncident),
    acknowledge: mutation(acknowledgeIncident),
    note: mutation(noteIncident),
    resolve: mutation(resolveIncident),
    silence: mutation(silenceIncident),
  }),
  revision: router({ create: mutation(createRevision) }),
  changes: router({ follow: subscription(followChanges) }),
  audit: router({ list: query(listAudit) }),
  person: router({
    create: mutation(createPerson),
    list: query(listPeople),
    setRole: mutation(setPersonRole),
    disable: mutation(disablePerson),
    enable: mutation(enablePerson),
    resetPassword: mutation(resetPassword),
    changePassword: mutation(changePassword),
  }),
  system: router({ get: query(getSystem) }),
  token: router({ create: mutation(createToken), list: query(listTokens), revoke: mutation(revokeToken) }),
});
export type AppRouter = typeof appRouter;
