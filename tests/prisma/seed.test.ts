import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { likeImage } from "#features/images/like-image.ts";
import { followPerson } from "#features/users/follow-person.ts";
import { verifyPassword } from "#platform/passwords.ts";
import { forgetDemo } from "#prisma/demo/seed-demo.ts";
import { seed } from "#prisma/seed.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";

let site: TestApp;
const said: string[] = [];
beforeAll(async () => {
  site = await startTestApp({ SEED_DEMO: "true" });
  await Promise.all([
    seed(site.deps, (line) => said.push(line)),
    seed(site.deps, (line) => said.push(line)),
  ]);
  // Drawing the demo takes its time on a busy machine.
}, 240_000);
afterAll(() => site.close());

describe("the first start", () => {
  test("makes one administrator and says the password once", async () => {
    expect(said).toHaveLength(1);
    const password = /^Administrator: admin, password: (\S{16})$/.exec(said[0] ?? "")?.[1] ?? "";
    const admin = await site.deps.database.user.findUniqueOrThrow({ where: { username: "admin" } });
    expect(admin).toMatchObject({ isSuperuser: true, isStaff: true, email: "admin@localhost" });
    expect(await verifyPassword(admin.passwordHash, password)).toBe(true);
  });

  test("fills the site with people, pictures, likes and follows whose counters are right", async () => {
    const { database } = site.deps;
    expect(await database.user.count()).toBeGreaterThanOrEqual(7);
    expect(await database.image.count()).toBeGreaterThanOrEqual(48);
    const wrong = await database.$queryRaw`
      select p.user_id from profiles p
      where p.followers_count <> (select count(*) from contacts where to_id = p.user_id)
        or p.following_count <> (select count(*) from contacts where from_id = p.user_id)
        or p.images_count <> (select count(*) from images where owner_id = p.user_id)
      union all
      select i.id from images i
      where i.total_likes <> (select count(*) from likes where image_id = i.id)`;
    expect(wrong).toEqual([]);
    expect(await database.like.count()).toBeGreaterThan(50);
    expect(await database.contact.count()).toBeGreaterThan(12);
    expect(await database.action.groupBy({ by: ["verb"] })).toHaveLength(4);
  });

  test("leaves nothing in the temporary folder and a file behind every row", async () => {
    const { database, storage } = site.deps;
    for (const { storageKey } of await database.image.findMany()) {
      expect(await storage.exists(storageKey)).toBe(true);
    }
    expect(await storage.sweepTemporary(new Date(Date.now() + 1000))).toBe(0);
  });

  test("a second start changes nothing", async () => {
    const before = await site.deps.database.action.count();
    await seed(site.deps, (line) => said.push(line));
    expect(said).toHaveLength(1);
    expect(await site.deps.database.action.count()).toBe(before);
  });
});

test("what an interrupted start left is forgotten whole, and nothing else", async () => {
  const { database } = site.deps;
  const admin = await database.user.findUniqueOrThrow({ where: { username: "admin" } });
  const image = await database.image.findFirstOrThrow();
  await followPerson(site.deps, { actor: admin, person: { id: image.ownerId } });
  await likeImage(site.deps, { actor: admin, image });
  await forgetDemo(site.deps);
  expect(await database.user.findMany()).toMatchObject([{ username: "admin" }]);
  const profile = await database.profile.findUniqueOrThrow({ where: { userId: admin.id } });
  expect(profile).toMatchObject({ followingCount: 0, followersCount: 0 });
  const left = await Promise.all([
    database.image.count(),
    database.like.count(),
    database.contact.count(),
    database.action.count({
      where: { OR: [{ userId: { not: admin.id } }, { targetType: "image" }] },
    }),
  ]);
  expect(left).toEqual([0, 0, 0, 0]);
});
