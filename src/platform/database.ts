import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { findRunningPostgres, startEmbeddedPostgres } from "#platform/embedded-postgres.ts";
import { lockFolder } from "#platform/folder-lock.ts";
import { readOrCreateSecret } from "#platform/secrets.ts";
import { type Prisma, PrismaClient } from "#prisma/generated/client.ts";

// Every wait on PostgreSQL is bounded, so that a database that is away or hangs costs an
// answer of 503, never a request that stays open.

export type Database = PrismaClient;
/** Inside a transaction: what a client can do, short of opening another. */
export type Transaction = Prisma.TransactionClient;

// A hundred people may like at once through a few connections: waiting beats an error.
const connectionTimeoutMillis = 8000;
const queryTimeoutMillis = 10_000;

export interface OpenDatabase {
  url: string;
  /** True where this process started the database and stops it. */
  embedded: boolean;
  close(): Promise<void>;
}

export class DataFolderInUse extends Error {}

/**
 * The database the settings name, or the embedded one, started when nobody runs it.
 * @param share whether to join an embedded database that another process runs (commands, workers)
 * @throws DataFolderInUse when another server has the data folder and `share` is not set
 */
export async function openDatabaseUrl(
  { databaseUrl, dataFolder }: { databaseUrl: string | undefined; dataFolder: string },
  { share = false } = {},
): Promise<OpenDatabase> {
  if (databaseUrl) return { url: databaseUrl, embedded: false, close: async () => {} };

  mkdirSync(dataFolder, { recursive: true });
  const folder = join(dataFolder, "postgres");
  const password = readOrCreateSecret(dataFolder, "postgres-password");
  const lock = await lockFolder(dataFolder);
  if (!lock) {
    const url = share ? await findRunningPostgres(folder, password) : null;
    if (url) return { url, embedded: true, close: async () => {} };
    throw new DataFolderInUse(
      `Another Magpie is running on ${dataFolder}; stop it, or set DATA_DIR to another folder.`,
    );
  }
  try {
    const postgres = await startEmbeddedPostgres({ folder, password });
    const close = async () => {
      try {
        await postgres.stop();
      } finally {
        await lock.release();
      }
    };
    return { url: postgres.url, embedded: true, close };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Connections shared by Prisma and by the few libraries that speak to PostgreSQL themselves. */
export function createPool(
  url: string,
  options: {
    max: number;
    onError: (error: Error) => void;
    queryTimeoutMillis?: number;
    waitMillis?: number;
    /**
     * For statements that are right for any values: else PostgreSQL plans some anew each time, which
     * may take longer than to run them.
     */
    plansOnce?: boolean;
  },
) {
  const timeout = options.queryTimeoutMillis ?? queryTimeoutMillis;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    // Includes waiting for another request to give a connection back.
    connectionTimeoutMillis: options.waitMillis ?? connectionTimeoutMillis,
    query_timeout: timeout,
    statement_timeout: timeout,
    idle_in_transaction_session_timeout: timeout,
    keepAlive: true,
    // Prisma's adapter sends and reads times without their zone, taking the session's for UTC.
    // Compiling a statement takes longer than any of ours runs.
    options: `-c TimeZone=UTC -c jit=off${options.plansOnce ? " -c plan_cache_mode=force_generic_plan" : ""}`,
  });
  pool.on("error", options.onError);
  return pool;
}

export function createDatabase(pool: pg.Pool): Database {
  return new PrismaClient({
    adapter: new PrismaPg(pool),
    transactionOptions: { maxWait: queryTimeoutMillis, timeout: queryTimeoutMillis },
  });
}

const connectionFailures = new Set([
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT"],
  // The network or the name service is away, as when the database's container restarts.
  ...["ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"],
  // Prisma: cannot reach, timed out, closed, no free connection, transaction not started in time
  ...["P1001", "P1002", "P1008", "P1017", "P2024", "P2028"],
  // PostgreSQL: too many connections, shutdown, crash, starting up, statement cancelled by its timeout
  ...["53300", "57P01", "57P02", "57P03", "57014"],
]);

/** Whether the cause is a database that is away, hangs or is overloaded, rather than a wrong query. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if (codesOf(cause).some((code) => connectionFailures.has(code) || code.startsWith("08")))
      return true;
    if (
      /timeout exceeded when trying to connect|Query read timeout|Connection terminated|Can't reach database server|[Ss]erver has closed the connection/.test(
        cause.message,
      )
    )
      return true;
    cause = cause.cause as Error;
  }
  return false;
}

/** Prisma's code, and PostgreSQL's where Prisma's only says that a statement failed. */
function codesOf(error: Error): string[] {
  const { code, meta } = error as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { originalCode?: unknown } } };
  };
  const codes = [code, meta?.driverAdapterError?.cause?.originalCode];
  return codes.filter((each) => typeof each === "string");
}

/** Whether PostgreSQL let somebody else go first, so that the same transaction will pass when tried again. */
export function isWriteConflict(error: unknown): boolean {
  const { code, meta } = (error ?? {}) as {
    code?: unknown;
    meta?: { driverAdapterError?: { cause?: { kind?: unknown } } };
  };
  // Prisma says it so for its own queries, and names the cause of a raw one.
  return code === "P2034" || meta?.driverAdapterError?.cause?.kind === "TransactionWriteConflict";
}

const tries = 5;
const pauseMilliseconds = 25;

/**
 * Does a transaction again, at most five times in all, when PostgreSQL let somebody else go first.
 * Each try waits longer than the one before: who tries again at once can take the row that was
 * let go before the one who waited for it wakes up, and both are in each other's way again.
 * @param isPassing what else will pass
 */
export async function tryAgain<Result>(
  transaction: () => Promise<Result>,
  isPassing: (error: unknown) => boolean = () => false,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === tries || !(isWriteConflict(error) || isPassing(error))) throw error;
    }
    await setTimeout(attempt * pauseMilliseconds * (1 + Math.random()));
  }
}
