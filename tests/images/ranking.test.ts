import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sweepViews } from "#features/images/images.jobs.ts";
import { removeImage } from "#features/images/remove-image.ts";
import { createImageRows } from "#tests/factories/images.ts";
import { signedInPerson } from "#tests/factories/people.ts";
import { queriesOf } from "#tests/support/query-counter.ts";
import { startTestApp, type TestApp } from "#tests/support/test-app.ts";
import { type Answer, createVisitor, type Visitor } from "#tests/support/visitor.ts";

let site: TestApp;
let stranger: Visitor;
let owner: { id: number; username: string };
let now: Date;

beforeAll(async () => {
  now = new Date("2026-05-14T12:00:00Z");
  site = await startTestApp({}, { clock: () => now });
  stranger = createVisitor(site.app);
  owner = await signedInPerson(site, { firstName: "Ada", lastName: "Lovelace" });
});
beforeEach(async () => {
  await site.deps.database.image.deleteMany();
  await site.deps.database.user.updateMany({ data: { isActive: true } });
  // What was read of a week is kept for a minute.
  now = new Date(now.getTime() + 60_000);
});
afterAll(() => site.close());

const idsOf = ({ $ }: Answer) =>
  $("ol [data-image-id]")
    .toArray()
    .map((place) => Number($(place).attr("data-image-id")));
const positionsOf = ({ $ }: Answer) =>
  $("ol .place-number")
    .toArray()
    .map((place) => Number($(place).text()));
const oneTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** Images with so many views on a day, in the order they are given. */
async function createViewed(views: number[], { day = "2026-05-14", ownerId = owner.id } = {}) {
  const ids = await createImageRows(site.deps.database, ownerId, views.length);
  for (const [index, id] of ids.entries()) {
    const count = views[index] ?? 0;
    await site.deps.database.image.update({ where: { id }, data: { totalViews: count } });
    await site.deps.database.imageDailyView.create({
      data: { imageId: id, day: new Date(day), views: count },
    });
  }
  return ids;
}

describe("the ranking", () => {
  test("has the most viewed first, with place, number, picture and owner", async () => {
    const [few = 0, many = 0] = await createViewed([1, 1234]);
    await createImageRows(site.deps.database, owner.id, 1);
    const answer = await stranger.get("/ranking");
    expect(answer.status).toBe(200);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(idsOf(answer)).toEqual([many, few]);
    expect(positionsOf(answer)).toEqual([1, 2]);
    const place = answer.$(`[data-image-id=${many}]`);
    expect(place.text()).toContain("1,234 views");
    expect(answer.$(`[data-image-id=${few}]`).text()).toContain("1 view");
    expect(place.find(`a[href="/images/${many}/picture-2"]`).text()).toContain("Picture 2");
    expect(place.find(`a[href="/users/${owner.username}"]`).text()).toBe("Ada Lovelace");
    expect(place.find("img").attr("src")).toMatch(/^\/media\/thumbnails\//);
  });

  test("says so when nobody has looked at anything", async () => {
    for (const period of ["day", "week", "all"]) {
      const answer = await stranger.get(`/ranking?period=${period}`);
      expect(answer.status).toBe(200);
      expect(answer.$("main").text()).toContain("Nobody has looked at a picture");
    }
  });

  test("is linked from every page's header, and knows where it is", async () => {
    const link = (await stranger.get("/images")).$('header a[href="/ranking"]');
    expect([link.text(), link.attr("aria-current")]).toEqual(["Popular", undefined]);
    for (const [path, current] of [
      ["/ranking", "/ranking"],
      ["/ranking?period=all", "/ranking"],
      ["/ranking?period=week", "/ranking?period=week"],
      ["/ranking?period=day", "/ranking?period=day"],
    ]) {
      const { $ } = await stranger.get(path ?? "");
      expect($('header a[href="/ranking"]').attr("aria-current")).toBe("page");
      const periods = $("main nav a").toArray();
      expect(periods.map((period) => $(period).attr("href"))).toEqual([
        ...["/ranking?period=day", "/ranking?period=week", "/ranking"],
      ]);
      expect($("main nav [aria-current=page]").attr("href")).toBe(current);
    }
  });

  test.each(["month", "DAY", "all ", "1", "__proto__", "constructor", "' or 1=1"])(
    "there is none of %j",
    async (period) => {
      const answer = await stranger.get(`/ranking?period=${encodeURIComponent(period)}`);
      expect(answer.status).toBe(404);
    },
  );

  test("a repeated period is junk, an empty one is none", async () => {
    expect((await stranger.get("/ranking?period=day&period=all")).status).toBe(400);
    expect((await stranger.get("/ranking?period[]=day")).status).toBe(400);
    expect((await stranger.get("/ranking?period=")).status).toBe(200);
  });

  test("of a day, of seven days and of all time differ", async () => {
    const [old = 0] = await createViewed([9], { day: "2026-05-07" });
    const [recent = 0] = await createViewed([5], { day: "2026-05-08" });
    const [fresh = 0] = await createViewed([2]);
    expect(idsOf(await stranger.get("/ranking?period=day"))).toEqual([fresh]);
    expect(idsOf(await stranger.get("/ranking?period=week"))).toEqual([recent, fresh]);
    expect(idsOf(await stranger.get("/ranking"))).toEqual([old, recent, fresh]);
  });

  test("has at most fifty, of equals the newest first", async () => {
    const ids = await createViewed(Array.from({ length: 70 }, () => 3));
    for (const period of ["day", "week", "all"]) {
      const answer = await stranger.get(`/ranking?period=${period}`);
      expect(idsOf(answer)).toEqual(ids.toReversed().slice(0, 50));
      expect(positionsOf(answer)).toEqual(oneTo(50));
    }
  });

  test("has no gaps where images were deleted or are hidden, however many", async () => {
    const hidden = await signedInPerson(site);
    await createViewed(
      Array.from({ length: 150 }, () => 1000),
      { ownerId: hidden.id },
    );
    const ids = await createViewed(Array.from({ length: 55 }, (_, index) => 500 - index));
    await site.deps.database.user.update({ where: { id: hidden.id }, data: { isActive: false } });
    const gone = ids.slice(0, 3);
    for (const period of ["day", "week", "all"]) await stranger.get(`/ranking?period=${period}`);
    for (const id of gone) {
      await removeImage(site.deps, { image: { id } });
    }
    for (const period of ["day", "week", "all"]) {
      const answer = await stranger.get(`/ranking?period=${period}`);
      expect(idsOf(answer)).toEqual(ids.slice(3, 53));
      expect(positionsOf(answer)).toEqual(oneTo(50));
    }
    const admin = await signedInPerson(site, { isSuperuser: true });
    const seen = await admin.visitor.get("/ranking");
    expect(seen.$("ol").text()).toContain("1,000 views");
  });

  test("writes hostile titles and names as words", async () => {
    const hostile = `"><img src=x onerror=alert(1)>{{ 7*7 }}`;
    const person = await signedInPerson(site, { firstName: hostile });
    const [id = 0] = await createViewed([3], { ownerId: person.id });
    await site.deps.database.image.update({ where: { id }, data: { title: hostile } });
    const { $, text } = await stranger.get("/ranking");
    expect(text).not.toContain("<img src=x");
    expect($(`[data-image-id=${id}] .place-title`).text()).toBe(hostile);
  });

  test("takes two queries, however many images there are", async () => {
    const count = async (path: string) =>
      (await queriesOf(async () => expect((await stranger.get(path)).status).toBe(200))).length;
    const paths = ["/ranking", "/ranking?period=day", "/ranking?period=week"];
    await createViewed([1]);
    for (const path of paths) expect(await count(path)).toBe(2);
    await createViewed(Array.from({ length: 120 }, (_, index) => index + 1));
    now = new Date(now.getTime() + 60_000);
    for (const path of paths) expect(await count(path)).toBe(2);
    // The sum of seven days is kept for a minute.
    expect(await count("/ranking?period=week")).toBe(1);
  });

  test("of all time and of a day walk their index", async () => {
    await createViewed(Array.from({ length: 200 }, (_, index) => index + 1));
    const images = await createImageRows(site.deps.database, owner.id, 3000);
    await site.deps.database.imageDailyView.createMany({
      data: images.map((imageId) => ({ imageId, day: new Date("2026-05-14"), views: 1 })),
    });
    await site.deps.database.$executeRawUnsafe("analyze");
    for (const [path, index] of [
      ["/ranking", "images_total_views_id_idx"],
      ["/ranking?period=day", "image_daily_views_day_views_image_id_idx"],
    ] as const) {
      const [read] = await queriesOf(() => stranger.get(path));
      const plan = await site.deps.database.$queryRawUnsafe<Record<string, string>[]>(
        `explain ${read?.text.replace("$1", "'2026-05-14'")}`,
      );
      const lines = plan.map((row) => row["QUERY PLAN"]).join("\n");
      expect(lines).toContain(index);
      expect(lines).not.toMatch(/Sort|Seq Scan/);
    }
  });
});

describe("the job that sweeps", () => {
  test("removes old days, marks and batches, and leaves what counts", async () => {
    const [old = 0] = await createViewed([4], { day: "2026-05-01" });
    const [kept = 0] = await createViewed([4], { day: "2026-05-08" });
    const minutesAgo = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
    await site.deps.database.viewMark.createMany({
      data: [
        { visitor: "gone", imageId: old, countedAt: minutesAgo(90) },
        { visitor: "here", imageId: old, countedAt: minutesAgo(29) },
      ],
    });
    await site.deps.database.viewBatch.deleteMany();
    await site.deps.database.viewBatch.createMany({
      data: [
        { id: "00000000-0000-4000-8000-000000000001", appliedAt: minutesAgo(9 * 1440 + 10) },
        { id: "00000000-0000-4000-8000-000000000002", appliedAt: minutesAgo(9 * 1440 - 10) },
      ],
    });
    for (let time = 0; time < 2; time += 1) await sweepViews(site.deps);
    const days = await site.deps.database.imageDailyView.findMany();
    expect(days.map(({ imageId }) => imageId)).toEqual([kept]);
    const marks = await site.deps.database.viewMark.findMany();
    expect(marks.map(({ visitor }) => visitor)).toEqual(["here"]);
    const batches = await site.deps.database.viewBatch.findMany();
    expect(batches.map(({ id }) => id.at(-1))).toEqual(["2"]);
    expect(idsOf(await stranger.get("/ranking"))).toEqual([kept, old]);
  });
});
