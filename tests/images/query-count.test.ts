import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf, type SentQuery } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let owner: { id: number; username: string; visitor: Visitor };
let other: { id: number; username: string; visitor: Visitor };
const stranger = () => createVisitor(site.app);

beforeAll(async () => {
  site = await startTestApp();
  [owner, other] = await Promise.all([signedInPerson(site), signedInPerson(site)]);
});
afterAll(() => site.close());

const countOf = async (visitor: Visitor, path: string) => {
  const queries = await queriesOf(async () => expect((await visitor.get(path)).status).toBe(200));
  return queries.length;
};

describe("the number of queries does not grow with the rows", () => {
  test("of the list, a profile and a picture's page", async () => {
    const [id = 0] = await createImageRows(site.deps.database, owner.id, 1);
    const like = (count: number) => likeBy(id, count);
    await like(1);
    const profile = `/users/${owner.username}`;
    const pages = ["/", "/images", profile, `/images/${id}/picture-1`];
    const visitors = [stranger(), owner.visitor, other.visitor];
    const count = async () => {
      const counts: Record<string, number> = {};
      for (const path of pages) {
        for (const [who, visitor] of visitors.entries())
          counts[`${who} ${path}`] = await countOf(visitor, path);
      }
      return counts;
    };
    // The first visit writes the session, for the token of the menu's form.
    await count();
    const few = await count();
    await createImageRows(site.deps.database, owner.id, 20);
    await createImageRows(site.deps.database, other.id, 20);
    await like(30);
    expect(await count()).toEqual(few);
    expect(few["0 /images"]).toBeLessThanOrEqual(2);
    expect(Math.max(...Object.values(few))).toBeLessThanOrEqual(9);
  });

  async function likeBy(imageId: number, count: number) {
    const people = await site.deps.database.user.createManyAndReturn({
      data: Array.from({ length: count }, (_, index) => ({
        ...{ username: `fan${count}_${index}`, email: `fan${count}_${index}@example.org` },
      })),
    });
    await site.deps.database.like.createMany({
      data: people.map(({ id }) => ({ userId: id, imageId })),
    });
    await site.deps.database.image.update({
      where: { id: imageId },
      data: { totalLikes: { increment: count } },
    });
  }
});

describe("a page deep in a long list", () => {
  beforeAll(async () => {
    const start = Date.UTC(2026, 0, 1);
    for (const [person, count] of [
      [owner, 4000],
      [other, 1500],
    ] as const) {
      await createImageRows(site.deps.database, person.id, count, {
        createdAt: (index) => new Date(start - index * 60_000),
      });
    }
    await site.deps.database.user.createMany({
      data: Array.from({ length: 500 }, (_, index) => ({
        ...{ username: `reader${index}`, email: `reader${index}@example.org` },
      })),
    });
    await site.deps.database.$executeRawUnsafe("analyze");
  });

  const cursor = `${Date.UTC(2026, 0, 1) - 1200 * 60_000}-2147483647`;

  async function planOf(path: string): Promise<string> {
    const queries = await queriesOf(async () =>
      expect((await stranger().get(path)).status).toBe(200),
    );
    const list = queries.find(({ text }) => /from images i/i.test(text)) as SentQuery;
    const client = new pg.Client({ connectionString: site.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query(`explain ${list.text}`, list.values);
      return rows.map((row: { "QUERY PLAN": string }) => row["QUERY PLAN"]).join("\n");
    } finally {
      await client.end();
    }
  }

  test("is found by the index of newest, without sorting or reading everything", async () => {
    const plan = await planOf(`/images?cursor=${cursor}`);
    expect(plan).toContain("using images_created_at_id_idx on images");
    expect(plan).toMatch(/Index Cond: \(ROW\(created_at, id\) </);
    expect(plan).not.toMatch(/Seq Scan on images|Sort/);
  });

  test("of one person is found by the index of owner and newest", async () => {
    const plan = await planOf(`/users/${other.username}?cursor=${cursor}`);
    expect(plan).toMatch(/images_(owner_id_)?created_at_id_idx on images/);
    expect(plan).toMatch(/Index Cond: .*ROW\(created_at, id\) </);
    expect(plan).not.toMatch(/Seq Scan on images|Sort/);
  });
});
