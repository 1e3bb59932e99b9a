import { randomUUID } from "node:crypto";
import { createGatheredViews } from "#platform/gathered-views.ts";
import type { Logger } from "#platform/logger.ts";
import { inTurn } from "#platform/one-at-a-time.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";
import { addedToDay, heldImages, isRefused } from "#platform/view-batches.ts";
import {
  dayOf,
  daysUntil,
  lookAgainMilliseconds,
  type RankedImage,
  type View,
  type ViewCounters,
} from "#platform/view-counters.ts";

// Views are written together: a row lock and a new version of the image's row for each would cost
// more than the page. The batch is named in the same statement, so that one whose answer was lost
// with the connection is tried again and counts nothing the second time.

const perBatch = 5000;
const weekMilliseconds = 60_000;
/** Far more than a page of the ranking, however many of them are hidden. */
const mostOfWeek = sqlNumber(20_000);

interface Batch {
  id: string;
  views: View[];
}

export function createPostgresViewCounters(options: {
  sql: Sql;
  clock: () => Date;
  logger: Logger;
  everyMilliseconds?: number;
}): ViewCounters {
  const { sql, clock, logger, everyMilliseconds = 1000 } = options;
  const gathered = createGatheredViews(logger);
  const week = createWeek(sql);
  /** Keeps its id and its views until PostgreSQL has it. */
  let waiting: Batch | null = null;

  const nextBatch = (): Batch | null =>
    gathered.size === 0 ? null : { id: randomUUID(), views: gathered.take(perBatch) };

  const writeAll = inTurn(async () => {
    let races = 0;
    for (let batch = waiting ?? nextBatch(); batch; batch = waiting ?? nextBatch()) {
      waiting = batch;
      try {
        await addViews(sql, batch, clock());
      } catch (error) {
        const views = batch.views.length;
        if (lostARace(error) && ++races < 5) continue;
        if (!isRefused(error)) {
          logger.warn({ err: error, views }, "views wait for the database");
          return;
        }
        logger.error({ err: error, views }, "views cannot be counted");
      }
      waiting = null;
    }
  });

  let isWriting = false;
  const flush = async () => {
    isWriting = true;
    await writeAll();
    isWriting = false;
  };

  const timer = setInterval(() => {
    if (!isWriting && (waiting || gathered.size > 0)) void flush();
  }, everyMilliseconds).unref();

  return {
    count: gathered.add,
    top: (period, { from, size, now }) => {
      if (period === "week") return week.top(from, size, now);
      return period === "day" ? topOfDay(sql, from, size, now) : topOfAll(sql, from, size);
    },
    // Its rows went with it.
    forget: async (imageIds) => week.forget(new Set(imageIds)),
    refill: async () => {},
    flush,
    close: async () => {
      clearInterval(timer);
      await flush();
      const lost = gathered.size + (waiting?.views.length ?? 0);
      if (lost > 0) logger.error({ views: lost }, "views were not counted before the end");
    },
  };
}

/** Whether PostgreSQL chose this statement to give way to another: the same one will pass. */
function lostARace(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === "40P01" || code === "40001" || code === "55P03";
}

async function addViews(sql: Sql, { id, views }: Batch, now: Date): Promise<void> {
  await sql`
    with batch as (
      insert into view_batches (id, applied_at) values (${id}, ${now})
      on conflict do nothing returning id
    ), given as materialized (
      select * from unnest(
        ${views.map((view) => view.visitor)}::text[],
        ${views.map((view) => view.imageId)}::int[],
        ${views.map((view) => view.at)}::timestamptz[]
      ) as given (visitor, image_id, at)
      where exists (select from batch)
    ), ${heldImages}, counted as (
      insert into view_marks as mark (visitor, image_id, counted_at)
      select visitor, image_id, at from given join held on held.id = image_id
      order by image_id, visitor
      on conflict (visitor, image_id) do update set counted_at = excluded.counted_at
        where mark.counted_at <= excluded.counted_at
          - ${lookAgainMilliseconds}::int * interval '1 millisecond'
      returning image_id, counted_at
    ), daily as (
      insert into image_daily_views (image_id, day, views)
      select image_id, (counted_at at time zone 'UTC')::date, count(*) from counted group by 1, 2
      ${addedToDay}
    )
    update images set total_views = total_views + added.views
    from (select image_id, count(*)::int as views from counted group by image_id) added
    where images.id = added.image_id`;
}

const topOfAll = (sql: Sql, from: number, size: number) => sql<RankedImage>`
  select id as "imageId", total_views as views from images where total_views > 0
  order by total_views desc, id desc offset ${sqlNumber(from)} limit ${sqlNumber(size)}`;

const topOfDay = (sql: Sql, from: number, size: number, now: Date) => sql<RankedImage>`
  select image_id as "imageId", views from image_daily_views
  where day = ${dayOf(now)}::date and views > 0
  order by views desc, image_id desc offset ${sqlNumber(from)} limit ${sqlNumber(size)}`;

/** No index knows the sum of seven days, so it is made once a minute at most. */
function createWeek(sql: Sql) {
  let made: { minute: number; images: Promise<RankedImage[]> } | null = null;
  return {
    top: async (from: number, size: number, now: Date): Promise<RankedImage[]> => {
      const minute = Math.floor(now.getTime() / weekMilliseconds);
      if (made?.minute !== minute) {
        const images = sql<RankedImage>`
          select image_id as "imageId", sum(views)::int as views from image_daily_views
          where day = any(${daysUntil(now, 7)}::date[]) and views > 0
          group by image_id order by 2 desc, 1 desc limit ${mostOfWeek}`;
        made = { minute, images };
        // What failed is not kept: who waits for it is told, the next asks anew.
        images.catch(() => {
          if (made?.minute === minute) made = null;
        });
      }
      return (await made.images).slice(from, from + size);
    },
    forget: (imageIds: Set<number>): void => {
      if (!made) return;
      made.images = made.images.then((all) => all.filter(({ imageId }) => !imageIds.has(imageId)));
      made.images.catch(() => {});
    },
  };
}
