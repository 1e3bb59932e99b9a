import type { Database } from "#platform/database.ts";

/** How many in this database wait for what somebody else holds. */
export async function countWaiting(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<[{ count: number }]>`
    select count(*)::int as count from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  return row.count;
}
