-- DropIndex
DROP INDEX "Cluster_name_key";

-- DropIndex
DROP INDEX "Environment_clusterId_namespace_key";

-- DropIndex
DROP INDEX "Environment_name_key";

-- AlterTable
ALTER TABLE "Cluster" ADD COLUMN     "createdBy" TEXT NOT NULL DEFAULT 'installation',
ADD COLUMN     "generation" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "removedAt" TIMESTAMPTZ(6),
ADD COLUMN     "sealedAccess" TEXT,
ADD COLUMN     "server" TEXT,
ADD COLUMN     "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
ADD COLUMN     "updatedBy" TEXT NOT NULL DEFAULT 'installation';

-- AlterTable
ALTER TABLE "Environment" ADD COLUMN     "removedAt" TIMESTAMPTZ(6),
ADD COLUMN     "updatedAt" TIMESTAMPTZ(6) NOT NULL DEFAULT clock_timestamp(),
ADD COLUMN     "updatedBy" TEXT NOT NULL DEFAULT 'installation';

-- AlterTable
ALTER TABLE "EnvironmentStatus" ADD COLUMN     "missingRights" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "purgedAt" TIMESTAMPTZ(6),
ADD COLUMN     "rightsCheckedAt" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "ClusterStatus" (
    "clusterId" UUID NOT NULL,
    "observedGeneration" INTEGER NOT NULL,
    "observedAt" TIMESTAMPTZ(6),
    "version" TEXT,
    "clusterUid" TEXT,
    "userName" TEXT,

    CONSTRAINT "ClusterStatus_pkey" PRIMARY KEY ("clusterId")
);

-- CreateIndex
CREATE INDEX "Environment_clusterId_namespace_idx" ON "Environment"("clusterId", "namespace");

-- AddForeignKey
ALTER TABLE "ClusterStatus" ADD CONSTRAINT "ClusterStatus_clusterId_fkey" FOREIGN KEY ("clusterId") REFERENCES "Cluster"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- A removed one's row stays as a tombstone, and its name is free again.
CREATE UNIQUE INDEX "cluster_live_name" ON "Cluster" ("name") WHERE "removedAt" IS NULL;
CREATE UNIQUE INDEX "environment_live_name" ON "Environment" ("name") WHERE "removedAt" IS NULL;
CREATE UNIQUE INDEX "environment_live_namespace" ON "Environment" ("clusterId", "namespace") WHERE "removedAt" IS NULL;
