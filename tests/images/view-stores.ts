import { createPerson } from "#features/account/register-person.ts";
import { createAdvisoryLock } from "#platform/advisory-lock.ts";
import { createDatabase, createPool } from "#platform/database.ts";
import { createLogger } from "#platform/logger.ts";
import { createPostgresViewCounters } from "#platform/postgres-view-counters.ts";
import { closeRedis, createRedis } from "#platform/redis.ts";
import { createRedisViewCounters } from "#platform/redis-view-counters.ts";
import { createSql, type Sql } from "#platform/sql.ts";
import type { ViewCounters } from "#platform/view-counters.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { newPerson } from "#tests/factories/people.ts";
import type { RedisServer } from "#tests/support/redis-server.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";

/** What stands in for a process: its counters, and what they say to PostgreSQL. */
export interface Process extends ViewCounters {
  /** Ends without a word, as when the power fails. */
  die(): Promise<void>;
  /** Whether it knows that Redis is. */
  isAway(): boolean;
}

export type ViewStores = Awaited<ReturnType<typeof openViewStores>>;

/** The stores of a site with any number of processes; without `redis` it has none. */
export async function openViewStores(redis: RedisServer | null) {
  const databaseUrl = await cloneDatabase();
  const onError = () => {};
  const pool = createPool(databaseUrl, { max: 10, onError });
  const lockPool = createPool(databaseUrl, { max: 4, onError, queryTimeoutMillis: 60_000 });
  const database = createDatabase(pool);
  const sql = createSql(pool);
  const lock = createAdvisoryLock(lockPool);
  const logger = createLogger("silent");
  const time = { now: new Date("2026-05-14T12:00:00Z") };
  const clock = () => time.now;
  const { id: ownerId } = await createPerson({ database, clock }, newPerson());
  const processes: Process[] = [];
  /** Tests flush by themselves; a timer would make what they see a matter of luck. */
  const never = 3_600_000;

  async function start(
    throughSql: Sql = sql,
    { flushMilliseconds = never } = {},
  ): Promise<Process> {
    const counters = createPostgresViewCounters({
      ...{ sql: throughSql, clock, logger, everyMilliseconds: never },
    });
    if (!redis) return remember({ ...counters, die: async () => {}, isAway: () => false });
    const client = await createRedis(redis.url, { logger });
    const die = async () => client.disconnect();
    const withRedis = createRedisViewCounters({
      ...{ redis: client, sql: throughSql, lock, clock, logger, fallback: counters },
      flushMilliseconds,
    });
    const close = async () => {
      await withRedis.close();
      await closeRedis(client);
    };
    const isAway = () => client.status !== "ready";
    return remember({ ...withRedis, close, die, isAway });
  }

  function remember(process: Process): Process {
    processes.push(process);
    return process;
  }

  return {
    ...{ database, sql, lock, time, start },
    createImages: (count: number) => createImageRows(database, ownerId, count),
    /** By image, as PostgreSQL has them: in all, and added up from the days. */
    totals: async (ids: number[]) => {
      const rows = await database.image.findMany({
        where: { id: { in: ids } },
        select: { id: true, totalViews: true, dailyViews: { select: { views: true } } },
      });
      return ids.map((id) => {
        const row = rows.find((one) => one.id === id);
        const ofDays = row?.dailyViews.reduce((sum, { views }) => sum + views, 0);
        if (row?.totalViews !== ofDays) throw new Error(`${row?.totalViews} is not ${ofDays}`);
        return row?.totalViews;
      });
    },
    close: async () => {
      for (const process of processes) await process.die();
      await database.$disconnect();
      await Promise.all([pool.end(), lockPool.end()]);
    },
  };
}
