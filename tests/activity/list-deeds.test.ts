import { afterAll, beforeAll, expect, test } from "vitest";
import { listDeeds } from "#features/activity/feed.queries.ts";
import { beforeFirst, type Cursor } from "#lib/pagination.ts";
import { createContacts, createDeeds, createPeopleRows } from "#tests/factories/deeds.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
let people: number[];
let viewers: { id: number; follows: number[] }[];

/** Busy and quiet people, many deeds in the same moment, viewers who follow few, some and all. */
beforeAll(async () => {
  site = await startTestApp();
  const { database } = site.deps;
  people = await createPeopleRows(database, 90, "actor");
  const start = Date.UTC(2026, 0, 1);
  const busyness = (index: number) => (index < 3 ? 400 : index < 20 ? 40 : index % 3);
  const deeds = people.flatMap((by, index) =>
    Array.from({ length: busyness(index) }, (_, n) => ({
      by,
      verb: "image_liked" as const,
      target: n + 1,
      at: new Date(start + ((n * 7919 + index * 31) % 500) * 1000),
    })),
  );
  await createDeeds(database, deeds);
  const groups = [
    people,
    people.slice(0, 2),
    people.slice(18, 25),
    people.slice(60),
    [people[0] ?? 0],
  ];
  const ids = await createPeopleRows(database, groups.length, "viewer");
  viewers = groups.map((follows, index) => ({ id: ids[index] ?? 0, follows }));
  for (const { id, follows } of viewers) await createContacts(database, id, follows);
  await database.user.update({ where: { id: people[1] ?? 0 }, data: { isActive: false } });
});
afterAll(() => site.close());

test.each([7, 40])(
  "reads %i as a sort of all their deeds would, from any cursor on",
  async (count) => {
    for (const { id, follows } of viewers) {
      const all = await site.deps.database.action.findMany({
        where: { userId: { in: follows }, user: { isActive: true } },
        orderBy: [{ createdAt: "desc" }, { id: "desc" }],
        select: { id: true },
      });
      const seen: number[] = [];
      for (let after: Cursor | undefined = beforeFirst; after; ) {
        const page = await listDeeds(site.deps, { viewer: { id }, after, count: count + 1 });
        seen.push(...page.slice(0, count).map((deed) => deed.id));
        after = page.length > count ? page[count - 1] : undefined;
      }
      expect(seen).toEqual(all.map((action) => Number(action.id)));
    }
  },
);
