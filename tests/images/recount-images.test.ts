import { type Logger, pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { likeImage, unlikeImage } from "#features/images/like-image.ts";
import { recountImages } from "#features/images/recount-images.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { atOnce } from "#tests/support/at-once.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { createPeopleRows } from "#tests/users/people-rows.ts";

let site: TestApp;
let people: { id: number }[];
let images: number[];
let reports: { level: number; count: number; first: unknown[] }[];
let logger: Logger;

beforeAll(async () => {
  site = await startTestApp();
  people = await createPeopleRows(site.deps.database, 20);
  images = await createImageRows(site.deps.database, people[0]?.id ?? 0, 3);
  const image = { id: images[0] ?? 0 };
  for (const actor of people.slice(0, 4)) await likeImage(site.deps, { actor, image });
});
beforeEach(() => {
  reports = [];
  logger = pino(
    { level: "warn" },
    { write: (line: string) => void reports.push(JSON.parse(line)) },
  );
});
afterAll(() => site.close());

const recount = () => recountImages({ ...site.deps, logger });
const setLikes = (ids: number[], totalLikes: number) =>
  site.deps.database.image.updateMany({ where: { id: { in: ids } }, data: { totalLikes } });
const totals = async () =>
  (await site.deps.database.image.findMany({ orderBy: { id: "asc" } })).map((i) => i.totalLikes);

async function expectRight() {
  const wrong = await site.deps.database.$queryRaw`
    select id from images i
    where total_likes <> (select count(*) from likes where image_id = i.id)`;
  expect(wrong).toEqual([]);
}

test("right numbers stay and are not reported", async () => {
  expect(await recount()).toEqual([]);
  expect(await totals()).toEqual([4, 0, 0]);
  expect(reports).toEqual([]);
});

test("wrong ones are found, mended and reported, once", async () => {
  await setLikes(images.slice(0, 2), 9);
  const differences = await recount();
  expect(differences).toEqual([
    { id: images[0], counter: "likes", was: 9, is: 4 },
    { id: images[1], counter: "likes", was: 9, is: 0 },
  ]);
  expect(await totals()).toEqual([4, 0, 0]);
  expect(reports).toHaveLength(1);
  expect(reports[0]).toMatchObject({ level: 40, count: 2, first: differences });
  expect(await recount()).toEqual([]);
  expect(reports).toHaveLength(1);
});

test("views that are fewer than those of the days there are become as many", async () => {
  const { database } = site.deps;
  const [few = 0, many = 0] = images;
  await database.imageDailyView.createMany({
    data: [few, many].flatMap((imageId) =>
      ["2026-05-13", "2026-05-14"].map((day) => ({ imageId, day: new Date(day), views: 4 })),
    ),
  });
  await database.image.update({ where: { id: few }, data: { totalViews: 7 } });
  // Its older days are gone.
  await database.image.update({ where: { id: many }, data: { totalViews: 900 } });
  expect(await recount()).toEqual([{ id: few, counter: "views", was: 7, is: 8 }]);
  const rows = await database.image.findMany({ orderBy: { id: "asc" } });
  expect(rows.map(({ totalViews }) => totalViews)).toEqual([8, 900, 0]);
  expect(reports[0]).toMatchObject({ level: 40, count: 1 });
  expect(await recount()).toEqual([]);
});

test("more than one batch is gone through", async () => {
  const many = await createImageRows(site.deps.database, people[1]?.id ?? 0, 2100);
  const wrong = [many[0] ?? 0, many[1000] ?? 0, many[2099] ?? 0];
  await setLikes(wrong, 1);
  expect((await recount()).map(({ id }) => id)).toEqual(wrong.toSorted((a, b) => a - b));
  await site.deps.database.image.deleteMany({ where: { id: { in: many } } });
  expect(await recount()).toEqual([]);
});

test("amid a storm of likes, and with pictures that go, all is right", async () => {
  const doomed = await createImageRows(site.deps.database, people[2]?.id ?? 0, 10);
  for (let round = 0; round < 3; round += 1) {
    await setLikes([...images, ...doomed], 40 + round);
    const storm = people.flatMap((actor, index) =>
      images.map((id, at) =>
        (index + at + round) % 3 === 0
          ? () => unlikeImage(site.deps, { actor, image: { id } })
          : () => likeImage(site.deps, { actor, image: { id } }),
      ),
    );
    const going = doomed
      .splice(0, 3)
      .map((id) => async () => site.deps.database.image.delete({ where: { id } }));
    const works = [recount, ...storm.slice(0, 30), ...going, recount, ...storm.slice(30), recount];
    await atOnce<unknown>(works);
    await expectRight();
  }
  expect(await recount()).toEqual([]);
});
