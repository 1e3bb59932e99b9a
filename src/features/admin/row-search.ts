import { columnOf } from "#features/admin/list-columns.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { keyIn } from "#features/admin/named-row.queries.ts";
import type { Database } from "#platform/database.ts";
import { Prisma } from "#prisma/generated/client.ts";

/** More words than this tell no row from another; the longest say the most. */
const mostWords = 8;
/** Of the people that a word finds; what more of them have is not found by it. */
const mostPeople = 100;

/** Rows that hold every word: in their text, in the names of people they belong to, or as their key. */
export async function whereFound(
  { database }: { database: Database },
  model: RegisteredModel,
  q: string,
): Promise<Prisma.Sql[]> {
  const words = wordsOf(q);
  if (!model.search || words.length === 0) return [];
  const { text, people = [] } = model.search;
  const found = people.length > 0 ? await findPeople(database, words) : [];
  return words.map((word, index) => {
    const key = model.key.length === 1 ? keyIn(database, model, word) : null;
    const ids = found[index] ?? [];
    return anyOf([
      ...(text ? [holds(text, word)] : []),
      ...(ids.length > 0
        ? people.map(
            (field) => Prisma.sql`${columnOf(database, model, field)} = any(${ids}::int[])`,
          )
        : []),
      ...Object.entries(key ?? {}).map(
        ([field, value]) =>
          Prisma.sql`${columnOf(database, model, field)} = ${value}${castOf(value)}`,
      ),
    ]);
  });
}

/** The people whose username or name holds each word. Their addresses are for the list of people. */
async function findPeople(database: Database, words: readonly string[]): Promise<number[][]> {
  const rows = await database.$queryRaw<{ word: number; id: number }[]>(
    Prisma.join(
      words.map(
        (word, index) => Prisma.sql`(
          select ${index}::int as word, t.id from users t
          where ${holds(indexed, word)} and ${holds(names, word)} limit ${mostPeople}
        )`,
      ),
      " union all ",
    ),
  );
  return words.map((_, index) => rows.filter(({ word }) => word === index).map(({ id }) => id));
}

/** The expression of users_search_idx. */
const indexed = Prisma.sql`(t.username::text || ' ' || t.email::text || ' ' || t.first_name || ' ' || t.last_name)`;
const names = Prisma.sql`(t.username::text || ' ' || t.first_name || ' ' || t.last_name)`;

/**
 * Anywhere in the text, or, for a word in which an index of three letters finds nothing to go by, where
 * a word of the text begins.
 */
function holds(text: Prisma.Sql, word: string): Prisma.Sql {
  const pattern = word.replace(/[\\%_]/g, "\\$&");
  return isFoundAnywhere(word)
    ? Prisma.sql`${text} ilike ${`%${pattern}%`}`
    : Prisma.sql`(${text} ilike ${`${pattern}%`} or ${text} ilike ${`% ${pattern}%`})`;
}

const threeTogether = /[\p{L}\p{N}]{3}/u;
/** Scripts that put no spaces between words: where one begins cannot be seen. */
const unspaced = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

const isFoundAnywhere = (word: string): boolean => threeTogether.test(word) || unspaced.test(word);

/** Whether something may stand within a word and not be found. */
export const findsBeginningsOnly = (q: string): boolean =>
  wordsOf(q).some((word) => !isFoundAnywhere(word));

const wordsOf = (q: string): string[] =>
  [...new Set(q.split(/\s+/).filter((word) => word !== ""))]
    .sort((one, other) => other.length - one.length)
    .slice(0, mostWords);

const anyOf = (conditions: Prisma.Sql[]): Prisma.Sql =>
  conditions.length > 0 ? Prisma.sql`(${Prisma.join(conditions, " or ")})` : Prisma.sql`false`;

const castOf = (value: unknown): Prisma.Sql =>
  typeof value === "string" ? Prisma.sql`::uuid` : Prisma.empty;
