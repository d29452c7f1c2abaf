import { createHash } from "node:crypto";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Prisma } from "./generated/client.ts";
import { PrismaClient } from "./generated/client.ts";
import { OneAtATime } from "./one-at-a-time.ts";

/** What a transaction offers: every table, and raw statements for locks. */
export type Tx = Prisma.TransactionClient;

export type Database = Readonly<{
  /** Reads outside a transaction. Writes belong into `inTransaction`. */
  read: PrismaClient;
  /** Read committed; rolled back when `work` throws. Answers of `work` count only after this resolves. */
  inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}>;

const WAIT_FOR_CONNECTION_MS = 10_000;
const TRANSACTION_MS_MAX = 20_000;

type DatabaseOptions = Readonly<{
  connectionsMax?: number;
  /**
   * Lets each connection keep the plans of its statements, of which a process should have few. Not through a pooler,
   * which may hand us another connection each time.
   */
  keepStatements?: boolean;
}>;

/** One per process, opened by its entry point. `url` as Postgres takes it; connections are made when first used. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const adapter = new PrismaPg(
    {
      connectionString: url,
      Client: OneAtATime,
      // adapter-pg reads timestamptz wrongly in any other time zone.
      options: "-c TimeZone=UTC",
      max: options.connectionsMax ?? 10,
      connectionTimeoutMillis: WAIT_FOR_CONNECTION_MS,
    },
    options.keepStatements === true
      ? { statementNameGenerator: ({ sql }) => createHash("sha256").update(sql).digest("hex").slice(0, 40) }
      : {},
  );
  const prisma = new PrismaClient({ adapter });
  return {
    read: prisma,
    inTransaction: (work) =>
      prisma.$transaction(work, { maxWait: WAIT_FOR_CONNECTION_MS, timeout: TRANSACTION_MS_MAX }),
    close: () => prisma.$disconnect(),
  };
}
