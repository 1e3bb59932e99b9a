import type { Database } from "#platform/database.ts";

/** Whether anybody in this database waits for a row that somebody else holds. */
export async function isSomebodyWaiting(database: Database): Promise<boolean> {
  const [row] = await database.$queryRaw<[{ isWaiting: boolean }]>`
    select exists (
      select 1 from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock') as "isWaiting"`;
  return row.isWaiting;
}
