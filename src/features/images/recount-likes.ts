import type { Difference } from "#features/users/recount-counters.ts";
import type { Database } from "#platform/database.ts";
import type { Logger } from "#platform/logger.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";

export const recountLikesQueue = "images.recount-likes";

const batchLimit = sqlNumber(1000);

/** Compares how many like each image with their likes, and mends the numbers that differ. */
export async function recountLikes(deps: {
  database: Database;
  sql: Sql;
  logger: Logger;
}): Promise<Difference[]> {
  const differences: Difference[] = [];
  let images = await readBatch(deps.sql, 0);
  for (let last = images.at(-1); last; last = images.at(-1)) {
    for (const { id, kept, counted } of images) {
      if (kept !== counted) differences.push(...(await mend(deps.database, id)));
    }
    images = await readBatch(deps.sql, last.id);
  }
  if (differences.length > 0) {
    const report = { count: differences.length, first: differences.slice(0, 5) };
    deps.logger.warn(report, "numbers of likes were wrong and are mended");
  }
  return differences;
}

const readBatch = (sql: Sql, after: number) =>
  sql<{ id: number; kept: number; counted: number }>`
    select i.id, i.total_likes as kept,
      (select count(*) from likes where image_id = i.id)::int as counted
    from images i where i.id > ${after}
    order by i.id limit ${batchLimit}`;

/** Counts one image's likes anew while nobody moves its number. Finds nothing when it is gone. */
const mend = (database: Database, id: number): Promise<Difference[]> =>
  database.$transaction(async (tx) => {
    const [kept] = await tx.$queryRaw<{ likes: number }[]>`
      select total_likes as likes from images where id = ${id} for no key update`;
    // A statement of its own, which sees what those did who held the row before.
    const [counted] = await tx.$queryRaw<{ likes: number }[]>`
      select count(*)::int as likes from likes where image_id = ${id}`;
    if (!kept || !counted || kept.likes === counted.likes) return [];
    await tx.$executeRaw`update images set total_likes = ${counted.likes} where id = ${id}`;
    return [{ id, counter: "likes", was: kept.likes, is: counted.likes }];
  });
