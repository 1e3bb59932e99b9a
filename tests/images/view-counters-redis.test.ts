import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { RankingPeriod, ViewCounters } from "#platform/view-counters.ts";
import { openViewStores, type ViewStores } from "#tests/images/view-stores.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { within } from "#tests/support/within.ts";

describeWithRedis("a Redis that counts views", (redis) => {
  let stores: ViewStores;
  let ids: number[];

  beforeAll(async () => {
    stores = await openViewStores(redis);
  });
  beforeEach(async () => {
    await redis.flush();
    await stores.database.image.deleteMany();
    ids = await stores.createImages(5);
  });
  afterEach(() => redis.resume());
  afterAll(() => stores.close());

  const look = (counters: ViewCounters, who: string, images = ids) => {
    for (const imageId of images) counters.count({ imageId, visitor: who, at: stores.time.now });
  };
  const top = (counters: ViewCounters, period: RankingPeriod = "all") =>
    counters.top(period, { from: 0, size: 10, now: stores.time.now });
  const all = (views: number) => ids.toReversed().map((imageId) => ({ imageId, views }));
  /** As Redis itself has them, with nothing in between that could answer for it. */
  const ranked = async (key: string) => {
    const flat = await redis.ask("zrange", `magpie:views:${key}`, 0, -1, "rev", "withscores");
    const list = (flat as (string | [string, string])[]).flat();
    return Array.from({ length: list.length / 2 }, (_, index) => ({
      imageId: Number(list[2 * index]),
      views: Number(list[2 * index + 1]),
    }));
  };
  const isFilled = () => expect.poll(() => redis.ask("exists", "magpie:views:filled")).toBe(1);
  const today = "day:2026-05-14";

  /** What was counted before this Redis was there. */
  async function storeViews(views: number, day = "2026-05-14") {
    await stores.database.image.updateMany({ data: { totalViews: { increment: views } } });
    await stores.database.imageDailyView.createMany({
      data: ids.map((imageId) => ({ imageId, day: new Date(day), views })),
    });
  }

  test("is filled from the database at the start", async () => {
    await storeViews(7);
    await storeViews(2, "2026-05-09");
    await storeViews(1, "2026-05-01");
    const counters = await stores.start();
    await isFilled();
    expect(await ranked("total")).toEqual(all(10));
    expect(await ranked(today)).toEqual(all(7));
    expect(await ranked("day:2026-05-09")).toEqual(all(2));
    expect(await top(counters, "week")).toEqual(all(9));
    for (const key of [today, "day:2026-05-09"])
      expect(await redis.ask("ttl", `magpie:views:${key}`)).toBeGreaterThan(8 * 86_400);
    expect(await redis.ask("ttl", "magpie:views:total")).toBe(-1);
    await counters.close();
  });

  test("is filled with the exact numbers while views come in and are carried away", async () => {
    await storeViews(100);
    const three = await Promise.all([stores.start(), stores.start(), stores.start()]);
    for (let round = 0; round < 60; round += 1) {
      for (const [who, counters] of three.entries()) look(counters, `${who} in ${round}`);
      if (round % 7 === 0) void three[round % 3]?.flush();
      if (round % 20 === 10) {
        // Emptied while they count: what was not carried yet would be lost, so all is carried first.
        await Promise.all(three.map((counters) => counters.flush()));
        await redis.flush();
      }
      await new Promise(setImmediate);
    }
    await Promise.all(three.map((counters) => counters.flush()));
    await top(three[0] as ViewCounters);
    await isFilled();
    expect(await ranked("total")).toEqual(all(100 + 180));
    expect(await ranked(today)).toEqual(all(100 + 180));
    expect(await stores.totals(ids)).toEqual(ids.map(() => 280));
    await Promise.all(three.map((counters) => counters.close()));
  });

  test("counts what comes while it is filled, and once", async () => {
    await storeViews(100);
    const other = await stores.start();
    let isRead = true;
    const counters = await stores.start(async (...statement) => {
      const rows = await stores.sql(...statement);
      if (isRead || !statement[0].join("").includes("total_views > 0 order by id")) {
        return rows as never;
      }
      isRead = true;
      look(other, "while");
      await expect.poll(() => redis.ask("hlen", "magpie:views:pending")).toBe(3 + ids.length);
      void other.flush();
      return rows as never;
    });
    await isFilled();
    look(other, "before");
    await other.flush();
    await redis.flush();
    isRead = false;
    await top(counters);
    await expect.poll(() => isRead).toBe(true);
    await isFilled();
    look(other, "after");
    await expect.poll(() => ranked("total")).toEqual(all(103));
    expect(await ranked(today)).toEqual(all(103));
    await other.flush();
    expect(await stores.totals(ids)).toEqual(ids.map(() => 103));
    await Promise.all([other.close(), counters.close()]);
  });

  test("found empty is filled by who asks, who is answered meanwhile", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await counters.flush();
    await redis.flush();
    expect(await top(counters)).toEqual(all(1));
    await isFilled();
    expect(await ranked("total")).toEqual(all(1));
    await counters.close();
  });

  test("killed and started empty under load, it counts each visitor of a process once", async () => {
    const both = await Promise.all([stores.start(), stores.start()]);
    // Through another process each might count once more: what Redis knew of them is gone.
    const lookAll = (from: number, to: number) => {
      for (let n = from; n < to; n += 1) look(both[n % 2] as ViewCounters, `v${n}`);
    };
    lookAll(0, 50);
    await Promise.all(both.map((counters) => counters.flush()));
    const killed = redis.stop();
    lookAll(25, 75);
    await killed;
    lookAll(50, 100);
    expect(await stores.totals(ids)).toEqual(ids.map(() => 50));
    expect(await top(both[0] as ViewCounters)).toEqual(all(50));
    const started = redis.start();
    lookAll(75, 110);
    await started;
    lookAll(90, 125);
    await expect
      .poll(async () => {
        await Promise.all(both.map((counters) => counters.flush()));
        return stores.totals(ids);
      })
      .toEqual(ids.map(() => 125));
    await expect.poll(() => ranked("total")).toEqual(all(125));
    expect(await ranked(today)).toEqual(all(125));
    await Promise.all(both.map((counters) => counters.close()));
  });

  test("that hangs keeps nobody waiting, and counts each view once when it goes on", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await counters.flush();
    redis.pause();
    for (let n = 0; n < 20; n += 1) look(counters, `v${n}`);
    expect(await within(2500, top(counters))).toEqual(all(1));
    look(counters, "ben");
    redis.resume();
    await expect
      .poll(async () => {
        await counters.flush();
        return stores.totals(ids);
      })
      .toEqual(ids.map(() => 22));
    await expect.poll(() => ranked("total")).toEqual(all(22));
    await counters.close();
  });

  test("that is away at the end does not cost the views that wait", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await counters.flush();
    await redis.stop();
    look(counters, "ana");
    look(counters, "ben");
    await counters.close();
    expect(await stores.totals(ids)).toEqual(ids.map(() => 2));
    await redis.start();
  });

  // Last: from here on each start finds what was saved.
  test("that comes back as it was some time ago doubles nothing", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await expect.poll(() => ranked("total")).toEqual(all(1));
    await redis.ask("save");
    look(counters, "ben");
    await counters.flush();
    expect(await stores.totals(ids)).toEqual(ids.map(() => 2));
    await redis.stop();
    await redis.start();
    // Both its batch and its rankings are those of before.
    await expect.poll(() => ranked("total")).toEqual(all(2));
    look(counters, "ben");
    look(counters, "cleo");
    await expect
      .poll(async () => {
        await counters.flush();
        return stores.totals(ids);
      })
      .toEqual(ids.map(() => 3));
    expect(await ranked("total")).toEqual(all(3));
    await counters.close();
  });
});
