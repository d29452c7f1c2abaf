-- AlterTable
ALTER TABLE "Artifact" ADD COLUMN     "graph" JSONB;


