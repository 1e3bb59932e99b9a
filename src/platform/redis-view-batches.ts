import type { RunScript } from "#platform/redis-view-scripts.ts";
import { keys } from "#platform/redis-view-scripts.ts";
import type { Sql } from "#platform/sql.ts";

// From Redis to PostgreSQL, exactly once: a batch has an id and stays in Redis until PostgreSQL has
// it, and PostgreSQL keeps the id with the numbers, in one statement. Wherever this stops, the next
// one goes on from there.

interface Batch {
  id: string;
  imageIds: number[];
  days: string[];
  views: number[];
}

/** Writes all that is pending; only one process at a time may. */
export async function carryViews(run: RunScript, sql: Sql, clock: () => Date): Promise<void> {
  for (;;) {
    const batch = batchOf((await run("takeViews", [keys.pending, keys.batch])) as string[]);
    if (!batch) return;
    await addBatch(sql, batch, clock());
    await run("dropViews", [keys.batch], [batch.id]);
  }
}

function batchOf(fields: string[]): Batch | null {
  const batch: Batch = { id: "", imageIds: [], days: [], views: [] };
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] ?? "";
    const value = fields[index + 1] ?? "";
    if (name === "id") {
      batch.id = value;
      continue;
    }
    const [imageId = "", day = ""] = name.split(":");
    batch.imageIds.push(Number(imageId));
    batch.days.push(day);
    batch.views.push(Number(value));
  }
  return fields.length > 0 ? batch : null;
}

/** Images are locked in order of id, as everywhere where views are written. */
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
    ), held as materialized (
      select id from images where id in (select image_id from given)
      order by id for no key update
    ), daily as (
      insert into image_daily_views (image_id, day, views)
      select image_id, day, views from given join held on held.id = image_id
      on conflict (image_id, day) do update
        set views = image_daily_views.views + excluded.views
    )
    update images set total_views = total_views + added.views
    from (select image_id, sum(views)::int as views from given group by image_id) added
      join held on held.id = added.image_id
    where images.id = added.image_id`;
}
