import { notHere } from "#features/images/images.access.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Logger } from "#platform/logger.ts";
import { type Difference, differencesOf, recount } from "#platform/recount.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";

type Counters = Record<"likes" | "views", number>;

const batchLimit = sqlNumber(1000);

/**
 * Compares how many like each image with their likes, and its views with those of its days, and
 * mends the numbers that differ. Old days are gone, so all there ever were may be more, never less.
 */
export const recountImages = (deps: {
  database: Database;
  sql: Sql;
  logger: Logger;
}): Promise<Difference[]> =>
  recount({
    readBatch: (after) => readBatch(deps.sql, after),
    mend: (id) => deps.database.$transaction((tx) => mend(tx, id)),
    report: (found) => deps.logger.warn(found, "counters of images were wrong and are mended"),
  });

/**
 * The same for one image. @param alongside what else the transaction does when a number was wrong
 * @throws NotFound
 */
export async function recountImage(
  { database }: { database: Database },
  {
    image,
    alongside,
  }: {
    image: { id: number };
    alongside: (tx: Transaction, differences: Difference[]) => Promise<void>;
  },
): Promise<Difference[]> {
  return database.$transaction(async (tx) => {
    const there = await tx.image.findUnique({ where: { id: image.id }, select: { id: true } });
    if (!there) throw notHere();
    const differences = await mend(tx, image.id);
    if (differences.length > 0) await alongside(tx, differences);
    return differences;
  });
}

const readBatch = (sql: Sql, after: number) =>
  sql<{ id: number; kept: Counters; counted: Counters }>`
    select i.id, json_build_object('likes', i.total_likes, 'views', i.total_views) as kept,
      json_build_object(
        'likes', (select count(*) from likes where image_id = i.id),
        'views', greatest(i.total_views,
          (select sum(views) from image_daily_views where image_id = i.id))) as counted
    from images i where i.id > ${after}
    order by i.id limit ${batchLimit}`;

async function mend(tx: Transaction, id: number): Promise<Difference[]> {
  const [kept] = await tx.$queryRaw<Counters[]>`
    select total_likes as likes, total_views as views
    from images where id = ${id} for no key update`;
  if (!kept) return [];
  // A statement of its own, which sees what those did who held the row before.
  const [counted = kept] = await tx.$queryRaw<Counters[]>`
    select (select count(*) from likes where image_id = ${id})::int as likes,
      greatest(${kept.views}::int,
        (select sum(views) from image_daily_views where image_id = ${id}))::int as views`;
  const differences = differencesOf(id, kept, counted);
  if (differences.length > 0) {
    await tx.$executeRaw`
      update images set total_likes = ${counted.likes}, total_views = ${counted.views}
      where id = ${id}`;
  }
  return differences;
}
