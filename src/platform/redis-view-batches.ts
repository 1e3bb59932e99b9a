import type { Logger } from "#platform/logger.ts";
import type { RunScript } from "#platform/redis-view-scripts.ts";
import { keys } from "#platform/redis-view-scripts.ts";
import type { Sql } from "#platform/sql.ts";
import { addedToDay, heldImages, isRefused } from "#platform/view-batches.ts";
import { viewDaysKept } from "#platform/view-counters.ts";

// From Redis to PostgreSQL, exactly once: a batch has an id and stays in Redis until PostgreSQL has
// it, and PostgreSQL keeps the id with the numbers, in one statement. Wherever this stops, the next
// one goes on from there.

interface Batch {
  id: string;
  begunAt: number;
  imageIds: number[];
  days: string[];
  views: number[];
}

/** A day less than PostgreSQL knows a batch, for clocks differ: whether it has an older one, none can say. */
const carriedMilliseconds = (viewDaysKept - 1) * 86_400_000;

export interface CarryDeps {
  run: RunScript;
  sql: Sql;
  clock: () => Date;
  logger: Logger;
}

/** Writes all that is pending; only one process at a time may. */
export async function carryViews({ run, sql, clock, logger }: CarryDeps): Promise<void> {
  // What comes meanwhile waits for the next time: else this might never end.
  for (let closes = 1; ; closes = 0) {
    const batch = batchOf(
      (await run("takeViews", [keys.pending, keys.batches], [closes])) as string[],
    );
    if (!batch) return;
    const now = clock();
    if (now.getTime() - batch.begunAt < carriedMilliseconds) {
      await addBatch(sql, batch, now).catch((err) => {
        if (!isRefused(err)) throw err;
        logger.error({ err, views: batch.views.length }, "views cannot be counted");
      });
    } else {
      logger.error({ views: batch.views.length }, "views waited too long to be counted");
    }
    await run("dropViews", [keys.batches], [batch.id]);
  }
}

function batchOf(fields: string[]): Batch | null {
  const batch: Batch = { id: "", begunAt: 0, imageIds: [], days: [], views: [] };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    const [imageId = "", day] = name.split(":");
    if (name === "id") batch.id = value;
    if (name === "at") batch.begunAt = Number(value);
    if (day === undefined) continue;
    batch.imageIds.push(Number(imageId));
    batch.days.push(day);
    batch.views.push(Number(value));
  }
  return fields.length > 0 ? batch : null;
}

async function addBatch(sql: Sql, batch: Batch, now: Date): Promise<void> {
  await sql`
    with batch as (
      insert into view_batches (id, applied_at) values (${batch.id}, ${now})
      on conflict do nothing returning id
    ), given as materialized (
      select * from unnest(
        ${batch.imageIds}::int[], ${batch.days}::date[], ${batch.views}::int[]
      ) as given (image_id, day, views)
      where exists (select from batch)
    ), ${heldImages}, daily as (
      insert into image_daily_views (image_id, day, views)
      select image_id, day, views from given join held on held.id = image_id
      ${addedToDay}
    )
    update images set total_views = total_views + added.views
    from (select image_id, sum(views)::int as views from given group by image_id) added
      join held on held.id = added.image_id
    where images.id = added.image_id`;
}
