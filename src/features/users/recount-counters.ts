import type { Database } from "#platform/database.ts";
import type { Logger } from "#platform/logger.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";

/** A counter that said something else than the rows it stands for. */
export interface Difference {
  id: number;
  counter: string;
  was: number;
  is: number;
}

interface Counters {
  followers: number;
  following: number;
  images: number;
}

interface CountedPerson {
  id: number;
  kept: Counters;
  counted: Counters;
}

const batchLimit = sqlNumber(1000);

/**
 * Compares everyone's counters with their rows and mends those that differ: many people are read
 * at a time, each wrong one is mended in a transaction of its own, so that nobody waits for it.
 */
export async function recountCounters(deps: {
  database: Database;
  sql: Sql;
  logger: Logger;
}): Promise<Difference[]> {
  const differences: Difference[] = [];
  let people = await readBatch(deps.sql, 0);
  for (let last = people.at(-1); last; last = people.at(-1)) {
    for (const { id, kept, counted } of people) {
      if (differencesOf(id, kept, counted).length === 0) continue;
      differences.push(...(await mend(deps.database, id)));
    }
    people = await readBatch(deps.sql, last.id);
  }
  if (differences.length > 0) {
    const report = { count: differences.length, first: differences.slice(0, 5) };
    deps.logger.warn(report, "counters of people were wrong and are mended");
  }
  return differences;
}

const readBatch = (sql: Sql, after: number) =>
  sql<CountedPerson>`
    select p.user_id as id,
      json_build_object('followers', p.followers_count, 'following', p.following_count,
        'images', p.images_count) as kept,
      json_build_object(
        'followers', (select count(*) from contacts where to_id = p.user_id),
        'following', (select count(*) from contacts where from_id = p.user_id),
        'images', (select count(*) from images where owner_id = p.user_id)) as counted
    from profiles p where p.user_id > ${after}
    order by p.user_id limit ${batchLimit}`;

/** Counts one person anew while nobody moves their counters. Finds nothing when they are gone. */
const mend = (database: Database, id: number): Promise<Difference[]> =>
  database.$transaction(async (tx) => {
    const [kept] = await tx.$queryRaw<Counters[]>`
      select followers_count as followers, following_count as following, images_count as images
      from profiles where user_id = ${id} for no key update`;
    // A statement of its own, which sees what those did who held the row before.
    const [counted] = await tx.$queryRaw<Counters[]>`
      select (select count(*) from contacts where to_id = ${id})::int as followers,
        (select count(*) from contacts where from_id = ${id})::int as following,
        (select count(*) from images where owner_id = ${id})::int as images`;
    const differences = kept && counted ? differencesOf(id, kept, counted) : [];
    if (counted && differences.length > 0) {
      await tx.$executeRaw`
        update profiles set followers_count = ${counted.followers},
          following_count = ${counted.following}, images_count = ${counted.images}
        where user_id = ${id}`;
    }
    return differences;
  });

const differencesOf = (id: number, kept: Counters, counted: Counters): Difference[] =>
  (["followers", "following", "images"] as const)
    .filter((counter) => kept[counter] !== counted[counter])
    .map((counter) => ({ id, counter, was: kept[counter], is: counted[counter] }));
