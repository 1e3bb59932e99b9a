import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tryAgain } from "#platform/database.ts";
import { rankingPeriods, type ViewCounters } from "#platform/view-counters.ts";
import { openViewStores, type ViewStores } from "#tests/images/view-stores.ts";
import { describeWithRedis, type RedisServer } from "#tests/support/redis-server.ts";

describe("views counted in PostgreSQL", () => contract(null));
describeWithRedis("views counted in Redis", contract);

const minute = 60_000;

/** What holds whatever counts. */
function contract(redis: RedisServer | null) {
  let stores: ViewStores;
  let first: number;
  let second: number;

  beforeAll(async () => {
    stores = await openViewStores(redis);
  });
  beforeEach(async () => {
    await redis?.flush();
    await stores.database.viewMark.deleteMany();
    await stores.database.image.deleteMany();
    stores.time.now = new Date("2026-05-14T12:00:00Z");
    [first = 0, second = 0] = await stores.createImages(2);
  });
  afterAll(() => stores.close());

  const at = (time: string | number) => {
    stores.time.now =
      typeof time === "string" ? new Date(time) : new Date(stores.time.now.getTime() + time);
  };
  const look = (counters: ViewCounters, imageId: number, ...visitors: string[]) => {
    for (const visitor of visitors) counters.count({ imageId, visitor, at: stores.time.now });
  };
  const top = (counters: ViewCounters, period: (typeof rankingPeriods)[number], size = 10) =>
    counters.top(period, { from: 0, size, now: stores.time.now });
  const visitors = (count: number, name = "v") =>
    Array.from({ length: count }, (_, index) => `${name}${index}`);

  test("a visitor counts once for an image within half an hour", async () => {
    const counters = await stores.start();
    look(counters, first, "ana", "ana", "ben");
    look(counters, second, "ana");
    await counters.flush();
    at(29 * minute);
    look(counters, first, "ana");
    await counters.flush();
    expect(await stores.totals([first, second])).toEqual([2, 1]);
    at(minute);
    look(counters, first, "ana", "ana");
    at(5 * minute);
    look(counters, first, "ana");
    await counters.flush();
    expect(await stores.totals([first, second])).toEqual([3, 1]);
    await counters.close();
  });

  test("fifty looks at once by one visitor, through two processes, are one", async () => {
    const both = await Promise.all([stores.start(), stores.start()]);
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const counters = both[index % 2] as ViewCounters;
        look(counters, first, "ana");
        if (index % 5 === 0) await counters.flush();
      }),
    );
    await Promise.all(both.map((counters) => counters.flush()));
    expect(await stores.totals([first])).toEqual([1]);
    await Promise.all(both.map((counters) => counters.close()));
  });

  test("two processes that write the same images at once lose and double nothing", async () => {
    const ids = await stores.createImages(40);
    const both = await Promise.all([stores.start(), stores.start()]);
    for (let round = 0; round < 10; round += 1) {
      for (const [who, counters] of both.entries()) {
        const order = who === 0 ? ids : ids.toReversed();
        for (const id of order) look(counters, id, `${who} in ${round}`, `both in ${round}`);
      }
      await Promise.all([
        ...both.map((counters) => counters.flush()),
        // In any order of its own: it may be the one to give way.
        tryAgain(() =>
          stores.database.image.updateMany({ data: { totalLikes: { increment: 1 } } }),
        ),
      ]);
    }
    await Promise.all(both.map((counters) => counters.close()));
    expect(await stores.totals(ids)).toEqual(ids.map(() => 30));
  });

  test("a view lies in the UTC day of its own time", async () => {
    const counters = await stores.start();
    at("2026-05-13T23:59:59.999Z");
    look(counters, first, "ana", "ben");
    at("2026-05-14T00:00:00.000Z");
    look(counters, second, "ana");
    await counters.flush();
    expect(await top(counters, "day")).toEqual([{ imageId: second, views: 1 }]);
    const days = await stores.database.imageDailyView.findMany({ orderBy: { imageId: "asc" } });
    expect(days.map(({ day, views }) => [day.toISOString().slice(0, 10), views])).toEqual([
      ["2026-05-13", 2],
      ["2026-05-14", 1],
    ]);
    await counters.close();
  });

  test("a week is seven days, today among them", async () => {
    const counters = await stores.start();
    for (const [day, count] of [
      ["2026-05-07", 4],
      ["2026-05-08", 2],
      ["2026-05-14", 1],
    ] as const) {
      at(`${day}T10:00:00Z`);
      look(counters, first, ...visitors(count, day));
      await counters.flush();
    }
    expect(await top(counters, "day")).toEqual([{ imageId: first, views: 1 }]);
    expect(await top(counters, "week")).toEqual([{ imageId: first, views: 3 }]);
    expect(await top(counters, "all")).toEqual([{ imageId: first, views: 7 }]);
    at("2026-05-15T00:00:00Z");
    expect(await top(counters, "day")).toEqual([]);
    expect(await top(counters, "week")).toEqual([{ imageId: first, views: 1 }]);
    await counters.close();
  });

  test("of equals the newest is first, and what nobody looked at is not there", async () => {
    const counters = await stores.start();
    const ids = await stores.createImages(12);
    for (const id of ids.slice(0, 11)) look(counters, id, "ana", "ben");
    look(counters, first, ...visitors(3));
    await counters.flush();
    const expected = [first, ...ids.slice(0, 11).toReversed()];
    for (const period of rankingPeriods) {
      const pages = await Promise.all(
        [0, 5, 10, 15].map((from) => counters.top(period, { from, size: 5, now: stores.time.now })),
      );
      expect(pages.flat().map(({ imageId }) => imageId)).toEqual(expected);
      expect(pages.map((page) => page.length)).toEqual([5, 5, 2, 0]);
    }
    await counters.close();
  });

  test("what was deleted is skipped, and forgotten by the ranking", async () => {
    const counters = await stores.start();
    look(counters, first, "ana");
    look(counters, second, "ana", "ben");
    await counters.flush();
    for (const period of rankingPeriods) expect(await top(counters, period)).toHaveLength(2);
    look(counters, second, "cleo");
    look(counters, first, "cleo");
    await stores.database.image.delete({ where: { id: second } });
    await counters.flush();
    await counters.forget([second]);
    at(minute);
    for (const period of rankingPeriods) {
      expect(await top(counters, period)).toEqual([{ imageId: first, views: 2 }]);
    }
    expect(await stores.totals([first])).toEqual([2]);
    await counters.close();
  });

  test("closing writes what waits, and the next process knows who has looked", async () => {
    const before = await stores.start();
    look(before, first, "ana", "ben");
    await before.close();
    expect(await stores.totals([first])).toEqual([2]);
    const after = await stores.start();
    look(after, first, "ana", "cleo");
    await after.close();
    expect(await stores.totals([first])).toEqual([3]);
  });

  test("a write whose answer was lost counts once, also when the process dies of it", async () => {
    let answers = false;
    const counters = await stores.start(async (...statement) => {
      const rows = await stores.sql(...statement);
      if (answers || !isWrite(statement)) return rows as never;
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    });
    look(counters, first, "ana", "ben");
    await counters.flush();
    expect(await stores.totals([first])).toEqual([2]);
    look(counters, second, "ana");
    await counters.flush();
    // However late it is tried again: the marks of who has looked are gone by then.
    await stores.database.viewMark.deleteMany();
    answers = true;
    await counters.flush();
    expect(await stores.totals([first, second])).toEqual([2, 1]);
    answers = false;
    look(counters, first, "cleo");
    await counters.flush();
    await counters.die();
    const next = await stores.start();
    await next.flush();
    expect(await stores.totals([first, second])).toEqual([3, 1]);
    await next.close();
  });

  test.each(["53100", "53200", "25006", "42501"])(
    "views wait for as long as the database says %s, which may pass",
    async (code) => {
      let isIll = true;
      const counters = await stores.start(async (...statement) => {
        if (isIll && isWrite(statement)) throw Object.assign(new Error("no"), { code });
        return stores.sql(...statement) as never;
      });
      look(counters, first, "ana");
      await counters.flush();
      look(counters, first, "ben");
      await counters.flush();
      isIll = false;
      await counters.flush();
      await counters.flush();
      expect(await stores.totals([first])).toEqual([2]);
      await counters.close();
    },
  );

  test("what the database will never take does not keep the others waiting", async () => {
    const counters = await stores.start();
    await stores.database.image.update({ where: { id: first }, data: { totalViews: 2 ** 31 - 1 } });
    look(counters, first, "ana");
    await counters.flush();
    look(counters, second, "ana");
    await counters.flush();
    expect(await stores.totals([second])).toEqual([1]);
    await counters.close();
  });

  test("while the database is away views wait, with their times", async () => {
    let isAway = true;
    const counters = await stores.start(async (...statement) => {
      if (isAway) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      return stores.sql(...statement) as never;
    });
    look(counters, first, "ana");
    await counters.flush();
    at("2026-05-15T12:00:00Z");
    look(counters, first, "ana", "ben");
    await counters.flush();
    expect(await stores.totals([first])).toEqual([0]);
    isAway = false;
    await counters.flush();
    expect(await stores.totals([first])).toEqual([3]);
    const days = await stores.database.imageDailyView.findMany({ orderBy: { day: "asc" } });
    expect(days.map(({ views }) => views)).toEqual([1, 2]);
    await counters.close();
  });
}

const isWrite = ([strings]: readonly [TemplateStringsArray, ...unknown[]]) =>
  strings.join("").includes("insert into view_batches");
