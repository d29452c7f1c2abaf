-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "Installation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "singleton" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "email" TEXT NOT NULL,
    "emailVerified" BOOLEAN NOT NULL DEFAULT false,
    "name" TEXT NOT NULL,
    "image" TEXT,
    "role" TEXT NOT NULL,
    "disabledAt" TIMESTAMPTZ(6),
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userId" UUID NOT NULL,
    "providerId" TEXT NOT NULL,
    "accountId" TEXT NOT NULL,
    "password" TEXT,
    "accessToken" TEXT,
    "refreshToken" TEXT,
    "idToken" TEXT,
    "accessTokenExpiresAt" TIMESTAMPTZ(6),
    "refreshTokenExpiresAt" TIMESTAMPTZ(6),
    "scope" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "userId" UUID NOT NULL,
    "token" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Verification" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(6) NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInAttempts" (
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "windowSince" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "SignInAttempts_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "revokedAt" TIMESTAMPTZ(6),

    CONSTRAINT "Token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Model" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "tags" TEXT[],
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Model_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Artifact" (
    "digest" TEXT NOT NULL,
    "sizeBytes" BIGINT NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Artifact_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "ModelVersion" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "modelId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "artifactDigest" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "failure" TEXT,
    "description" TEXT NOT NULL DEFAULT '',
    "signature" JSONB NOT NULL,
    "metrics" JSONB NOT NULL,
    "params" JSONB NOT NULL,
    "tags" TEXT[],
    "source" JSONB,
    "exampleInput" JSONB,
    "labels" JSONB,
    "featureNames" JSONB,
    "preprocessing" JSONB,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "ModelVersion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Alias" (
    "modelId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "versionId" UUID NOT NULL,
    "updatedBy" TEXT NOT NULL,
    "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Alias_pkey" PRIMARY KEY ("modelId","name")
);

-- CreateTable
CREATE TABLE "AliasHistory" (
    "id" BIGSERIAL NOT NULL,
    "modelId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "versionId" UUID,
    "changedBy" TEXT NOT NULL,
    "changedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "AliasHistory_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Cluster" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL DEFAULT 'ambient',
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Cluster_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Environment" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "clusterId" UUID NOT NULL,
    "namespace" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "gatewayUrl" TEXT NOT NULL,
    "serviceType" TEXT NOT NULL DEFAULT 'ClusterIP',
    "imagePrefix" TEXT NOT NULL,
    "scrapeNamespace" TEXT,
    "podMonitorLabels" JSONB,
    "warmFullMinutes" INTEGER NOT NULL DEFAULT 60,
    "warmReplicas" INTEGER NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Environment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EnvironmentStatus" (
    "environmentId" UUID NOT NULL,
    "observedGeneration" INTEGER NOT NULL,
    "observedAt" TIMESTAMPTZ(6) NOT NULL,
    "routersReady" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "EnvironmentStatus_pkey" PRIMARY KEY ("environmentId")
);

-- CreateTable
CREATE TABLE "Endpoint" (
    "uid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "environmentId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "salt" TEXT NOT NULL,
    "onUnavailable" TEXT NOT NULL DEFAULT 'fallback',
    "timeoutMs" INTEGER NOT NULL DEFAULT 30000,
    "bodyBytesMax" INTEGER NOT NULL DEFAULT 33554432,
    "healthTargets" JSONB NOT NULL,
    "pinnedAt" TIMESTAMPTZ(6),
    "deletedAt" TIMESTAMPTZ(6),
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "silencedUntil" TIMESTAMPTZ(6),

    CONSTRAINT "Endpoint_pkey" PRIMARY KEY ("uid")
);

-- CreateTable
CREATE TABLE "EndpointStatus" (
    "endpointUid" UUID NOT NULL,
    "observedGeneration" INTEGER NOT NULL,
    "publishedPlan" INTEGER NOT NULL DEFAULT 0,
    "publishedAt" TIMESTAMPTZ(6),
    "acknowledged" INTEGER NOT NULL DEFAULT 0,
    "routers" INTEGER NOT NULL DEFAULT 0,
    "observedAt" TIMESTAMPTZ(6) NOT NULL,
    "purgedAt" TIMESTAMPTZ(6),

    CONSTRAINT "EndpointStatus_pkey" PRIMARY KEY ("endpointUid")
);

-- CreateTable
CREATE TABLE "Revision" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "endpointUid" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "versionId" UUID NOT NULL,
    "runtime" TEXT NOT NULL,
    "replicasMin" INTEGER NOT NULL,
    "replicasMax" INTEGER NOT NULL,
    "resources" JSONB NOT NULL,
    "env" JSONB NOT NULL,
    "createdBy" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Revision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "RevisionStatus" (
    "revisionId" UUID NOT NULL,
    "desiredReplicas" INTEGER NOT NULL DEFAULT 0,
    "readyReplicas" INTEGER NOT NULL DEFAULT 0,
    "progressSince" TIMESTAMPTZ(6),
    "deadlineMissedAt" TIMESTAMPTZ(6),
    "firstReadyAt" TIMESTAMPTZ(6),
    "pods" JSONB NOT NULL DEFAULT '[]',
    "events" JSONB NOT NULL DEFAULT '[]',
    "trouble" JSONB,
    "observedAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "RevisionStatus_pkey" PRIMARY KEY ("revisionId")
);

-- CreateTable
CREATE TABLE "TrafficPlan" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "endpointUid" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "salt" TEXT NOT NULL,
    "repeatsPlan" INTEGER,
    "rolledBackFrom" INTEGER,
    "publishWhen" TEXT NOT NULL DEFAULT 'now',
    "decidedBy" TEXT NOT NULL,
    "decidedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "TrafficPlan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrafficPlanEntry" (
    "planId" UUID NOT NULL,
    "revision" INTEGER NOT NULL,
    "role" TEXT NOT NULL,
    "weightBps" INTEGER NOT NULL,
    "ranges" JSONB NOT NULL,

    CONSTRAINT "TrafficPlanEntry_pkey" PRIMARY KEY ("planId","revision")
);

-- CreateTable
CREATE TABLE "TrafficPlanStatus" (
    "planId" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'pending',
    "firstServedAt" TIMESTAMPTZ(6),
    "appliedAt" TIMESTAMPTZ(6),
    "supersededAt" TIMESTAMPTZ(6),
    "failedAt" TIMESTAMPTZ(6),
    "failure" TEXT,
    "missedTargetsAt" TIMESTAMPTZ(6),

    CONSTRAINT "TrafficPlanStatus_pkey" PRIMARY KEY ("planId")
);

-- CreateTable
CREATE TABLE "PlanAck" (
    "endpointUid" UUID NOT NULL,
    "podUid" TEXT NOT NULL,
    "podName" TEXT NOT NULL,
    "nodeName" TEXT NOT NULL,
    "planNumber" INTEGER NOT NULL,
    "ackedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "PlanAck_pkey" PRIMARY KEY ("endpointUid","podUid")
);

-- CreateTable
CREATE TABLE "Condition" (
    "subjectKind" TEXT NOT NULL,
    "subjectId" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "observedGeneration" INTEGER NOT NULL,
    "lastTransitionAt" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "Condition_pkey" PRIMARY KEY ("subjectKind","subjectId","type")
);

-- CreateTable
CREATE TABLE "Idempotency" (
    "actorId" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "bodyHash" TEXT NOT NULL,
    "status" INTEGER,
    "answer" JSONB,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Idempotency_pkey" PRIMARY KEY ("actorId","method","path","key")
);

-- CreateTable
CREATE TABLE "Change" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Audit" (
    "id" BIGSERIAL NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "actorName" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "subjectKind" TEXT NOT NULL,
    "subjectId" TEXT NOT NULL,
    "subjectName" TEXT NOT NULL,
    "before" JSONB,
    "after" JSONB,
    "reason" TEXT NOT NULL DEFAULT '',
    "requestId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "Audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WorkerRequest" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "kind" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "answer" JSONB,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "WorkerRequest_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "EndpointHealth" (
    "endpointUid" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "revision" INTEGER,
    "since" TIMESTAMPTZ(6) NOT NULL,
    "missedSince" TIMESTAMPTZ(6),
    "metSince" TIMESTAMPTZ(6),
    "afterPlan" INTEGER,
    "afterPlanAt" TIMESTAMPTZ(6),

    CONSTRAINT "EndpointHealth_pkey" PRIMARY KEY ("endpointUid")
);

-- CreateTable
CREATE TABLE "Incident" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "endpointUid" UUID NOT NULL,
    "cause" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "revision" INTEGER,
    "afterPlan" INTEGER,
    "afterPlanAt" TIMESTAMPTZ(6),
    "since" TIMESTAMPTZ(6) NOT NULL,
    "openedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
    "acknowledgedAt" TIMESTAMPTZ(6),
    "acknowledgedBy" TEXT,
    "resolvedAt" TIMESTAMPTZ(6),
    "resolvedBy" TEXT,

    CONSTRAINT "Incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "WebhookDelivery" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "incidentId" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "nextAttemptAt" TIMESTAMPTZ(6) DEFAULT clock_timestamp(),
    "deliveredAt" TIMESTAMPTZ(6),
    "lastError" TEXT,
    "createdAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "Installation_singleton_key" ON "Installation"("singleton");

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "Account_userId_idx" ON "Account"("userId");

-- CreateIndex
CREATE UNIQUE INDEX "Account_providerId_accountId_key" ON "Account"("providerId", "accountId");

-- CreateIndex
CREATE UNIQUE INDEX "Session_token_key" ON "Session"("token");

-- CreateIndex
CREATE INDEX "Session_userId_idx" ON "Session"("userId");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE INDEX "Verification_identifier_idx" ON "Verification"("identifier");

-- CreateIndex
CREATE UNIQUE INDEX "Token_hash_key" ON "Token"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "Model_name_key" ON "Model"("name");

-- CreateIndex
CREATE INDEX "ModelVersion_artifactDigest_idx" ON "ModelVersion"("artifactDigest");

-- CreateIndex
CREATE UNIQUE INDEX "ModelVersion_modelId_number_key" ON "ModelVersion"("modelId", "number");

-- CreateIndex
CREATE INDEX "AliasHistory_modelId_name_id_idx" ON "AliasHistory"("modelId", "name", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Cluster_name_key" ON "Cluster"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Environment_name_key" ON "Environment"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Environment_clusterId_namespace_key" ON "Environment"("clusterId", "namespace");

-- CreateIndex
CREATE INDEX "Endpoint_environmentId_name_idx" ON "Endpoint"("environmentId", "name");

-- CreateIndex
CREATE UNIQUE INDEX "Revision_endpointUid_number_key" ON "Revision"("endpointUid", "number");

-- CreateIndex
CREATE UNIQUE INDEX "TrafficPlan_endpointUid_number_key" ON "TrafficPlan"("endpointUid", "number");

-- CreateIndex
CREATE INDEX "Idempotency_createdAt_idx" ON "Idempotency"("createdAt");

-- CreateIndex
CREATE INDEX "Audit_subjectKind_subjectId_id_idx" ON "Audit"("subjectKind", "subjectId", "id");

-- CreateIndex
CREATE INDEX "Incident_endpointUid_openedAt_idx" ON "Incident"("endpointUid", "openedAt");

-- CreateIndex
CREATE INDEX "WebhookDelivery_nextAttemptAt_idx" ON "WebhookDelivery"("nextAttemptAt");

-- AddForeignKey
ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ModelVersion" ADD CONSTRAINT "ModelVersion_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ModelVersion" ADD CONSTRAINT "ModelVersion_artifactDigest_fkey" FOREIGN KEY ("artifactDigest") REFERENCES "Artifact"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Alias" ADD CONSTRAINT "Alias_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Alias" ADD CONSTRAINT "Alias_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AliasHistory" ADD CONSTRAINT "AliasHistory_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "Model"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AliasHistory" ADD CONSTRAINT "AliasHistory_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Environment" ADD CONSTRAINT "Environment_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EnvironmentStatus" ADD CONSTRAINT "EnvironmentStatus_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Endpoint" ADD CONSTRAINT "Endpoint_environmentId_fkey" FOREIGN KEY ("environmentId") REFERENCES "Environment"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EndpointStatus" ADD CONSTRAINT "EndpointStatus_endpointUid_fkey" FOREIGN KEY ("endpointUid") REFERENCES "Endpoint"("uid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_endpointUid_fkey" FOREIGN KEY ("endpointUid") REFERENCES "Endpoint"("uid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Revision" ADD CONSTRAINT "Revision_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "ModelVersion"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "RevisionStatus" ADD CONSTRAINT "RevisionStatus_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "Revision"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrafficPlan" ADD CONSTRAINT "TrafficPlan_endpointUid_fkey" FOREIGN KEY ("endpointUid") REFERENCES "Endpoint"("uid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrafficPlanEntry" ADD CONSTRAINT "TrafficPlanEntry_planId_fkey" FOREIGN KEY ("planId") REFERENCES "TrafficPlan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrafficPlanStatus" ADD CONSTRAINT "TrafficPlanStatus_planId_fkey" FOREIGN KEY ("planId") REFERENCES "TrafficPlan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "EndpointHealth" ADD CONSTRAINT "EndpointHealth_endpointUid_fkey" FOREIGN KEY ("endpointUid") REFERENCES "Endpoint"("uid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Incident" ADD CONSTRAINT "Incident_endpointUid_fkey" FOREIGN KEY ("endpointUid") REFERENCES "Endpoint"("uid") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "WebhookDelivery" ADD CONSTRAINT "WebhookDelivery_incidentId_fkey" FOREIGN KEY ("incidentId") REFERENCES "Incident"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- A deleted endpoint's row stays as a tombstone, and its name is free again.
CREATE UNIQUE INDEX "endpoint_live_name" ON "Endpoint" ("environmentId", "name") WHERE "deletedAt" IS NULL;

-- Health that stays missed is one incident, whoever looks.
CREATE UNIQUE INDEX "incident_open" ON "Incident" ("endpointUid") WHERE "resolvedAt" IS NULL;

-- Who we are in every cluster, decided once.
INSERT INTO "Installation" DEFAULT VALUES;
