import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LoadSize, load } from "#bench/load/load.ts";
import { benchPassword } from "#bench/load/people.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createVisitor } from "#tests/support/visitor.ts";

const size: LoadSize = {
  images: 24,
  users: 12,
  follows: 3,
  likes: 60,
  // More than there are deeds: some likes are given anew.
  actions: 200,
  views: 500,
  seed: 1,
};
const now = new Date("2026-05-04T12:00:00Z");

let site: TestApp;
const loadIt = (values: Partial<LoadSize> = {}) =>
  load({ ...site, clock: () => now, say: () => {} }, { ...size, ...values });
const ask = <Row>(text: string) => site.deps.database.$queryRawUnsafe<Row[]>(text);

beforeAll(async () => {
  site = await startTestApp();
  await loadIt();
}, 120_000);
afterAll(() => site.close());

describe("what is loaded", () => {
  test("has the size asked for", async () => {
    const { database } = site.deps;
    expect(await database.user.count()).toBe(size.users);
    expect(await database.profile.count()).toBe(size.users);
    expect(await database.image.count()).toBe(size.images);
    expect(await database.contact.count()).toBe(size.users * size.follows);
    expect(await database.like.count()).toBe(size.likes);
    expect(await database.action.count()).toBe(size.actions);
    const totals = await database.image.aggregate({ _sum: { totalLikes: true, totalViews: true } });
    expect(totals._sum).toEqual({ totalLikes: size.likes, totalViews: size.views });
  });

  test("has counters that agree with the rows", async () => {
    const wrong = await ask(`
      select p.user_id from profiles p
      where p.followers_count <> (select count(*) from contacts where to_id = p.user_id)
        or p.following_count <> (select count(*) from contacts where from_id = p.user_id)
        or p.images_count <> (select count(*) from images where owner_id = p.user_id)
      union all
      select i.id from images i
      where i.total_likes <> (select count(*) from likes where image_id = i.id)
        or i.total_views < (select coalesce(sum(views), 0) from image_daily_views where image_id = i.id)`);
    expect(wrong).toEqual([]);
    const [days] = await ask<{ first: Date; last: Date; seen: number }>(
      "select min(day) as first, max(day) as last, sum(views)::int as seen from image_daily_views",
    );
    expect(days?.last).toEqual(new Date("2026-05-04"));
    expect(days?.first.getTime()).toBeGreaterThanOrEqual(Date.parse("2026-04-26"));
    expect(days?.seen).toBeGreaterThan(0);
  });

  test("has a deed for every image, and none before its person and target were there", async () => {
    const missing = await ask(`
      select id from images i where not exists (
        select from actions a where a.verb = 'image_bookmarked' and a.target_id = i.id
          and a.user_id = i.owner_id and a.created_at = i.created_at)`);
    expect(missing).toEqual([]);
    const early = await ask(`
      select a.id from actions a join users u on u.id = a.user_id
      left join images i on a.target_type = 'image' and i.id = a.target_id
      where a.created_at < u.joined_at or a.created_at < i.created_at
        or a.created_at > '2026-05-04'`);
    expect(early).toEqual([]);
    const verbs = await ask<{ verb: string }>("select distinct verb::text from actions");
    expect(verbs).toHaveLength(4);
  });

  test("is unevenly popular", async () => {
    const [most] = await ask<{ most: number }>("select max(total_views)::int as most from images");
    expect(most?.most).toBeGreaterThan((3 * size.views) / size.images);
  });

  test("can be signed in to, and shows pictures that are there", async () => {
    const visitor = createVisitor(site.app);
    const [person] = await ask<{ username: string }>(
      "select username::text from users order by id desc limit 1",
    );
    const fields = { username: person?.username ?? "", password: benchPassword };
    expect((await visitor.post("/login", fields)).status).toBe(303);
    const { $ } = await visitor.get("/images");
    const pictures = $("[data-image-id] img");
    expect(pictures.length).toBeGreaterThan(10);
    for (const picture of pictures.toArray())
      expect((await visitor.get($(picture).attr("src") ?? "")).status).toBe(200);
  });

  test("goes on counting where it ended", async () => {
    const { id } = await signedInPerson(site);
    expect(id).toBe(size.users + 1);
    await site.deps.database.user.delete({ where: { id } });
  });
});

/** Every row but the passwords' hashes, which have a salt. */
async function fingerprint(): Promise<string> {
  const tables = ["profiles", "images", "contacts", "likes", "actions", "image_daily_views"];
  const parts = tables.map(
    (table) => `select '${table}' as name, ${table}::text as line from ${table}`,
  );
  const [row] = await ask<{ sum: string }>(`
    select md5(string_agg(name || line, ' ' order by name, line)) as sum from (
      ${parts.join(" union all ")}
      union all select 'users', (id, username, email, first_name, last_name, joined_at)::text from users
    ) everything`);
  return row?.sum ?? "";
}

test("the same seed gives the same rows in place of the old ones, another seed others", async () => {
  const first = await fingerprint();
  await loadIt();
  expect(await fingerprint()).toBe(first);
  await loadIt({ seed: 2 });
  expect(await fingerprint()).not.toBe(first);
}, 120_000);

test("people whom the bench did not make are left alone", async () => {
  const { id } = await signedInPerson(site);
  const before = await fingerprint();
  await expect(loadIt()).rejects.toThrow("people whom the bench did not make");
  expect(await fingerprint()).toBe(before);
  await site.deps.database.user.delete({ where: { id } });
});
