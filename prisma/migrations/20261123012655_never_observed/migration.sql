-- AlterTable
ALTER TABLE "EnvironmentStatus" ALTER COLUMN "observedAt" DROP NOT NULL;



-- The epoch stood for never.
UPDATE "EnvironmentStatus" SET "observedAt" = NULL WHERE "observedAt" = to_timestamp(0);
