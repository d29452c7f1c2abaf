-- AlterTable
ALTER TABLE "EndpointHealth" ADD COLUMN     "blindSince" TIMESTAMPTZ(6),
ADD COLUMN     "blindTo" TEXT,
ADD COLUMN     "blindWhy" TEXT,
ADD COLUMN     "target" TEXT;

-- AlterTable
ALTER TABLE "Incident" ADD COLUMN     "target" TEXT,
ADD COLUMN     "threshold" DOUBLE PRECISION;


