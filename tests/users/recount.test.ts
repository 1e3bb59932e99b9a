import { type Logger, pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { recountImagesQueue } from "#features/images/images.jobs.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { followPerson, unfollowPerson } from "#features/users/follow-person.ts";
import { recountCounters } from "#features/users/recount-counters.ts";
import { recountCountersQueue, recountPeople } from "#features/users/users.jobs.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { atOnce } from "#tests/support/at-once.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createPeopleRows, expectRightCounters } from "#tests/users/people-rows.ts";
import { startWorker } from "../../src/worker.ts";

let site: TestApp;
let people: { id: number }[];
let reports: { level: number; count: number; first: unknown[]; msg: string }[];
let logger: Logger;

beforeAll(async () => {
  site = await startTestApp();
  people = await createPeopleRows(site.deps.database, 8);
  await follow(0, 1);
  await follow(1, 0);
  await follow(2, 0);
  await createImageRows(site.deps.database, idOf(0), 3);
});
beforeEach(() => {
  reports = [];
  logger = pino(
    { level: "warn" },
    { write: (line: string) => void reports.push(JSON.parse(line)) },
  );
});
afterAll(() => site.close());

const idOf = (index: number) => people[index]?.id ?? 0;
const pair = (from: number, to: number) => ({
  actor: { id: idOf(from) },
  person: { id: idOf(to) },
});
const follow = (from: number, to: number) => followPerson(site.deps, pair(from, to));
const unfollow = (from: number, to: number) => unfollowPerson(site.deps, pair(from, to));
const recount = () => recountCounters({ ...site.deps, logger });
const profiles = () => site.deps.database.profile.findMany({ orderBy: { userId: "asc" } });
const setCounters = (
  index: number,
  data: { followersCount?: number; followingCount?: number; imagesCount?: number },
) => site.deps.database.profile.update({ where: { userId: idOf(index) }, data });

describe("the recount of people", () => {
  test("leaves right counters as they are and reports nothing", async () => {
    const before = await profiles();
    expect(before.some(({ followersCount }) => followersCount === 2)).toBe(true);
    expect(await recount()).toEqual([]);
    expect(await profiles()).toEqual(before);
    expect(reports).toEqual([]);
  });

  test("finds wrong ones, mends and reports them; a second run finds nothing", async () => {
    const before = await profiles();
    await setCounters(0, { followersCount: 7, imagesCount: 0 });
    await setCounters(1, { followingCount: 0 });
    await setCounters(5, { followersCount: 1 });
    const differences = await recount();
    expect(differences).toEqual([
      { id: idOf(0), counter: "followers", was: 7, is: 2 },
      { id: idOf(0), counter: "images", was: 0, is: 3 },
      { id: idOf(1), counter: "following", was: 0, is: 1 },
      { id: idOf(5), counter: "followers", was: 1, is: 0 },
    ]);
    expect(await profiles()).toEqual(before);
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ level: 40, count: 4, first: differences });
    expect(await recount()).toEqual([]);
    expect(reports).toHaveLength(1);
  });

  test("as a job runs twice without harm, and its report names only the first few", async () => {
    await site.deps.database.profile.updateMany({ data: { imagesCount: 99 } });
    await Promise.all([1, 2].map(() => recountPeople({ ...site.deps, logger })));
    await expectRightCounters(site.deps.database);
    expect(reports.reduce((sum, { count }) => sum + count, 0)).toBe((await profiles()).length);
    for (const { first } of reports) expect(first.length).toBeLessThanOrEqual(5);
  });

  test("goes through more people than one batch", async () => {
    const crowd = await createPeopleRows(site.deps.database, 2100);
    const wrong = [crowd[0], crowd[1000], crowd[2099]].map((person) => person?.id ?? 0);
    await site.deps.database.profile.updateMany({
      where: { userId: { in: wrong } },
      data: { followingCount: 3 },
    });
    expect((await recount()).map(({ id }) => id)).toEqual(wrong.toSorted((a, b) => a - b));
    await site.deps.database.user.deleteMany({
      where: { id: { in: crowd.map(({ id }) => id) } },
    });
    expect(await recount()).toEqual([]);
  });

  test("is right amid a storm of follows, unfollows and deleted pictures", async () => {
    const pictures = await createImageRows(site.deps.database, idOf(0), 20);
    const images = await site.deps.database.image.findMany({ where: { id: { in: pictures } } });
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        people.map((_, index) =>
          setCounters(index, { followersCount: 50 + round, followingCount: 50, imagesCount: 50 }),
        ),
      );
      const storm = people.flatMap((_, from) =>
        people.flatMap((__, to) => {
          if (from === to) return [];
          const change = (from + to + round) % 3 === 0 ? unfollow : follow;
          return [() => change(from, to)];
        }),
      );
      const removals = images
        .slice(round * 6, round * 6 + 6)
        .map((image) => () => removeImage(site.deps, { image }));
      const works = [
        recount,
        ...storm.slice(0, 28),
        ...removals,
        recount,
        ...storm.slice(28),
        recount,
      ];
      await atOnce<unknown>(works);
      await expectRightCounters(site.deps.database);
    }
    expect(await recount()).toEqual([]);
  });

  test("does not mind people who go while it counts", async () => {
    const leaving = await createPeopleRows(site.deps.database, 30);
    const ids = leaving.map(({ id }) => id);
    await site.deps.database.profile.updateMany({
      where: { userId: { in: ids } },
      data: { imagesCount: 9 },
    });
    const leave = ids.map((id) => async () => site.deps.database.user.delete({ where: { id } }));
    await atOnce<unknown>([recount, ...leave.slice(0, 15), recount, ...leave.slice(15)]);
    expect(await recount()).toEqual([]);
    await expectRightCounters(site.deps.database);
  });
});

test("the worker recounts people and likes, every night and when asked", async () => {
  const { database, jobs } = site.deps;
  await startWorker(site.deps);
  const schedules = await database.$queryRaw<{ name: string; cron: string }[]>`
    select name, cron from pgboss.schedule`;
  const [imageId = 0] = await createImageRows(database, idOf(1), 1);
  await setCounters(1, { imagesCount: 40 });
  await database.image.update({ where: { id: imageId }, data: { totalLikes: 40 } });
  for (const queue of [recountCountersQueue, recountImagesQueue]) {
    expect(schedules.find(({ name }) => name === queue)?.cron).toMatch(/^\d+ 3 \* \* \*$/);
    await database.$transaction((tx) => jobs.enqueue(tx, queue, {}));
  }
  await expect
    .poll(async () => {
      const person = await database.profile.findUniqueOrThrow({ where: { userId: idOf(1) } });
      const image = await database.image.findUniqueOrThrow({ where: { id: imageId } });
      return [person.imagesCount, image.totalLikes];
    })
    .toEqual([1, 0]);
});
