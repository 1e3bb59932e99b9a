import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Logger } from "#platform/logger.ts";
import { type Difference, differencesOf, recount } from "#platform/recount.ts";
import { type Sql, sqlNumber } from "#platform/sql.ts";

type Counters = Record<"followers" | "following" | "images", number>;

const batchLimit = sqlNumber(1000);

/** Compares everyone's counters with their rows, and mends those that differ. */
export const recountCounters = (deps: {
  database: Database;
  sql: Sql;
  logger: Logger;
}): Promise<Difference[]> =>
  recount({
    readBatch: (after) => readBatch(deps.sql, after),
    mend: (id) => deps.database.$transaction((tx) => mend(tx, id)),
    report: (found) => deps.logger.warn(found, "counters of people were wrong and are mended"),
  });

/**
 * The same for one person. @param alongside what else the transaction does when a number was wrong
 * @throws NotFound
 */
export async function recountPerson(
  { database }: { database: Database },
  {
    person,
    alongside,
  }: {
    person: { id: number };
    alongside: (tx: Transaction, differences: Difference[]) => Promise<void>;
  },
): Promise<void> {
  await database.$transaction(async (tx) => {
    const where = { userId: person.id };
    if (!(await tx.profile.findUnique({ where, select: { userId: true } }))) throw new NotFound();
    const differences = await mend(tx, person.id);
    if (differences.length > 0) await alongside(tx, differences);
  });
}

const readBatch = (sql: Sql, after: number) =>
  sql<{ id: number; kept: Counters; counted: Counters }>`
    select p.user_id as id,
      json_build_object('followers', p.followers_count, 'following', p.following_count,
        'images', p.images_count) as kept,
      json_build_object(
        'followers', (select count(*) from contacts where to_id = p.user_id),
        'following', (select count(*) from contacts where from_id = p.user_id),
        'images', (select count(*) from images where owner_id = p.user_id)) as counted
    from profiles p where p.user_id > ${after}
    order by p.user_id limit ${batchLimit}`;

async function mend(tx: Transaction, id: number): Promise<Difference[]> {
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
}
