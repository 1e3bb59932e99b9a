import { randomBytes } from "node:crypto";
import { expect } from "vitest";
import type { Database } from "#platform/database.ts";

/** Rows only, for tests of lists: nobody can sign in as these. Newest first unless told. */
export async function createPeopleRows(
  database: Database,
  count: number,
  values: { joinedAt?: (index: number) => Date; isActive?: (index: number) => boolean } = {},
): Promise<{ id: number; username: string }[]> {
  const people = await database.user.createManyAndReturn({
    select: { id: true, username: true },
    data: Array.from({ length: count }, (_, index) => {
      const username = `row_${randomBytes(6).toString("hex")}`;
      return {
        username,
        email: `${username}@example.org`,
        isActive: values.isActive?.(index) ?? true,
        joinedAt: values.joinedAt?.(index) ?? new Date(Date.now() - index * 1000),
      };
    }),
  });
  await database.profile.createMany({ data: people.map(({ id }) => ({ userId: id })) });
  return people;
}

/** Every counter that says something else than its rows. */
export async function expectRightCounters(database: Database): Promise<void> {
  const wrong = await database.$queryRaw`
    select p.user_id from profiles p
    where p.followers_count <> (select count(*) from contacts where to_id = p.user_id)
      or p.following_count <> (select count(*) from contacts where from_id = p.user_id)
      or p.images_count <> (select count(*) from images where owner_id = p.user_id)`;
  expect(wrong).toEqual([]);
}
