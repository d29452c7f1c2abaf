import { createToken } from "#server/services/access/create-token.ts";
import { listTokens } from "#server/services/access/list-tokens.ts";
import { revokeToken } from "#server/services/access/revoke-token.ts";
import { listAudit } from "#server/services/audit/list.ts";
import { createEndpoint } from "#server/services/endpoint/create.ts";
import { deleteEndpoint } from "#server/services/endpoint/delete.ts";
import { getEndpoint } from "#server/services/endpoint/get.ts";
import { listEndpoints } from "#server/services/endpoint/list.ts";
import { getMetrics } from "#server/services/endpoint/metrics.ts";
import { createEnvironment } from "#server/services/environment/create.ts";
import { listEnvironments } from "#server/services/environment/list.ts";
import { listClusters } from "#server/services/environment/list-clusters.ts";
import { createModel } from "#server/services/model/create.ts";
import { deleteAlias } from "#server/services/model/delete-alias.ts";
import { getModel } from "#server/services/model/get.ts";
import { listModels } from "#server/services/model/list.ts";
import { putAlias } from "#server/services/model/put-alias.ts";
import { createRevision } from "#server/services/revision/create.ts";
import { listPlans } from "#server/services/traffic/list-plans.ts";
import { putTraffic } from "#server/services/traffic/put.ts";
import { reassertPlan } from "#server/services/traffic/reassert.ts";
import { resumeEndpoint } from "#server/services/traffic/resume.ts";
import { rollBack } from "#server/services/traffic/rollback.ts";
import { getVersion } from "#server/services/version/get.ts";
import { listVersions } from "#server/services/version/list.ts";
import { registerVersion } from "#server/services/version/register.ts";
import { mutation, query, router } from "./trpc.ts";

export const appRouter = router({
  model: router({
    create: mutation(createModel),
    list: query(listModels),
    get: query(getModel),
    putAlias: mutation(putAlias),
    deleteAlias: mutation(deleteAlias),
  }),
  version: router({ register: mutation(registerVersion), list: query(listVersions), get: query(getVersion) }),
  environment: router({ create: mutation(createEnvironment), list: query(listEnvironments) }),
  cluster: router({ list: query(listClusters) }),
  endpoint: router({
    create: mutation(createEndpoint),
    list: query(listEndpoints),
    get: query(getEndpoint),
    delete: mutation(deleteEndpoint),
    metrics: query(getMetrics),
    plans: query(listPlans),
    putTraffic: mutation(putTraffic),
    rollback: mutation(rollBack),
    reassert: mutation(reassertPlan),
    resume: mutation(resumeEndpoint),
  }),
  revision: router({ create: mutation(createRevision) }),
  audit: router({ list: query(listAudit) }),
  token: router({ create: mutation(createToken), list: query(listTokens), revoke: mutation(revokeToken) }),
});
export type AppRouter = typeof appRouter;
