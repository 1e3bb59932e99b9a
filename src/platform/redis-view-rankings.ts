import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { type CarryDeps, carryViews } from "#platform/redis-view-batches.ts";
import { keys, memberOf, type RunScript } from "#platform/redis-view-scripts.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";
import {
  daysUntil,
  type RankedImage,
  type RankingPeriod,
  viewDaysKept,
} from "#platform/view-counters.ts";

export const dayKeptSeconds = viewDaysKept * 86_400;
const perChunk = 5000;
const chunkLimit = sqlNumber(perChunk);
/** What a process left behind that died while it filled. */
const fillingSeconds = 3600;
const minuteMilliseconds = 60_000;

const weekKey = (now: Date) => keys.week(Math.floor(now.getTime() / minuteMilliseconds));

/** Null while the rankings are not filled. */
export async function readTop(
  run: RunScript,
  period: RankingPeriod,
  { from, size, now }: { from: number; size: number; now: Date },
): Promise<RankedImage[] | null> {
  const days = daysUntil(now, 7).map(keys.day);
  const sets = {
    day: days.slice(0, 1),
    week: [weekKey(now), ...days],
    all: [keys.total],
  };
  const found = await run("topViews", [keys.filled, ...sets[period]], [from, from + size - 1]);
  if (found === null) return null;
  const flat = found as string[];
  return Array.from({ length: flat.length / 2 }, (_, index) => ({
    imageId: Number(flat[2 * index]),
    views: Number(flat[2 * index + 1]),
  }));
}

export async function forgetImages(redis: Redis, imageIds: number[], now: Date): Promise<void> {
  const members = imageIds.map(memberOf);
  const sets = [keys.total, weekKey(now), ...daysUntil(now, 7).map(keys.day)];
  await Promise.all(sets.map((key) => redis.zrem(key, ...members)));
}

/**
 * What tells this run of a Redis from the one before. It may have started from an old snapshot,
 * whose rankings lack what PostgreSQL has been given since.
 */
export async function runOf(redis: Redis): Promise<string> {
  const info = await redis.info("server").catch((error: Error) => {
    // Whoever may not ask goes without.
    if (error.message.startsWith("NOPERM")) return "";
    throw error;
  });
  return /^run_id:(\w+)/m.exec(info)?.[1] ?? "unknown";
}

/**
 * Fills the rankings from PostgreSQL unless this run has them; only one process at a time may, and
 * none carries views meanwhile, so what PostgreSQL lacks is exactly what is pending.
 */
export async function fillRankings(
  deps: CarryDeps & { redis: Redis; isStopping: () => boolean },
): Promise<void> {
  const { redis, run, sql, clock, isStopping } = deps;
  const thisRun = await runOf(redis);
  if ((await redis.get(keys.filled)) === thisRun) return;
  // From here on views are pending only, and go into the rankings with the last step.
  await redis.del(keys.filled);
  await carryViews(deps);

  const days = daysUntil(clock(), 7);
  const places = [keys.total, ...days.map(keys.day)];
  await redis.del(...places.map(keys.filling));
  const token = randomUUID();
  await redis.set(keys.fillingToken, token, "EX", fillingSeconds);
  const fill = async (place: string, rows: RankedImage[]) => {
    if (rows.length === 0) return;
    const filling = keys.filling(place);
    await redis.zadd(filling, ...rows.flatMap((row) => [row.views, memberOf(row.imageId)]));
    await redis.expire(filling, fillingSeconds);
  };
  for (const [index, place] of places.entries()) {
    for (let after = 0; ; ) {
      if (isStopping()) return;
      const rows = await storedViews(sql, days[index - 1] ?? null, after);
      await fill(place, rows);
      if (rows.length < perChunk) break;
      after = rows.at(-1)?.imageId ?? 0;
    }
  }
  const isFilled = await run(
    "fillViews",
    [
      ...[keys.filled, keys.pending, keys.batches, keys.fillingToken],
      ...places.flatMap((key) => [keys.filling(key), key]),
    ],
    [thisRun, dayKeptSeconds, token, ...days],
  );
  if (isFilled === 0) throw new Error("Redis lost what was being filled.");
}

/** In order of id, those after `after`: of one day, or of all time. */
const storedViews = (sql: Sql, day: string | null, after: number) =>
  day === null
    ? sql<RankedImage>`
        select id as "imageId", total_views as views from images
        where id > ${after} and total_views > 0 order by id limit ${chunkLimit}`
    : sql<RankedImage>`
        select image_id as "imageId", views from image_daily_views
        where day = ${day}::date and image_id > ${after} and views > 0
        order by image_id limit ${chunkLimit}`;
