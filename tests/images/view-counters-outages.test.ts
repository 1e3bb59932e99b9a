import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { ViewCounters } from "#platform/view-counters.ts";
import { openViewStores, type ViewStores } from "#tests/images/view-stores.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";

const day = 86_400_000;

describeWithRedis("views counted in a Redis that fails", (redis) => {
  let stores: ViewStores;
  let id: number;

  beforeAll(async () => {
    stores = await openViewStores(redis);
  });
  beforeEach(async () => {
    await redis.flush();
    await stores.database.image.deleteMany();
    stores.time.now = new Date("2026-05-14T12:00:00Z");
    [id = 0] = await stores.createImages(1);
  });
  afterEach(() => redis.resume());
  afterAll(() => stores.close());

  const look = (counters: ViewCounters, ...visitors: string[]) => {
    for (const visitor of visitors) counters.count({ imageId: id, visitor, at: stores.time.now });
  };
  const visitors = (count: number) => Array.from({ length: count }, (_, index) => `v${index}`);
  const isFilled = () => expect.poll(() => redis.ask("exists", "magpie:views:filled")).toBe(1);
  const isPending = (views: number) =>
    expect
      .poll(() => redis.ask("hget", "magpie:views:pending", `${id}:2026-05-14`))
      .toBe(String(views));
  const total = async () => (await stores.totals([id]))[0];
  const inRanking = async () =>
    Number(await redis.ask("zscore", "magpie:views:total", String(id).padStart(10, "0")));

  test("that hangs at the end, what it may have counted is not counted again", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await counters.flush();
    redis.pause();
    // Into the connection, from where Redis takes it when it goes on.
    look(counters, "ben");
    await expect.poll(() => counters.isAway()).toBe(true);
    look(counters, "ben", "cleo");
    await counters.close();
    redis.resume();
    const next = await stores.start();
    await isPending(1);
    await next.flush();
    expect(await total()).toBe(3);
    await next.close();
  });

  test("that hung, what it may have counted half an hour ago is given up", async () => {
    const counters = await stores.start();
    await isFilled();
    redis.pause();
    look(counters, "ben");
    await expect.poll(() => counters.isAway()).toBe(true);
    look(counters, "cleo");
    // The mark that would tell is gone by then.
    stores.time.now = new Date("2026-05-14T12:30:00Z");
    await redis.stop();
    await redis.start();
    await expect
      .poll(async () => {
        await counters.flush();
        return total();
      })
      .toBe(1);
    await counters.close();
    expect(await total()).toBe(1);
  });

  test("that was away at the end, its rankings learn of it at night", async () => {
    const [counters, other] = await Promise.all([stores.start(), stores.start()]);
    await isFilled();
    look(counters, "ana");
    await counters.flush();
    redis.pause();
    await expect.poll(() => counters.isAway() || void look(counters, "ana", "ben")).toBe(true);
    look(counters, "cleo");
    await counters.close();
    redis.resume();
    await expect.poll(() => other.isAway()).toBe(false);
    const counted = await total();
    expect(counted).toBeGreaterThan(1);
    await other.refill();
    await expect
      .poll(async () => {
        await other.flush();
        return (await inRanking()) === (await total());
      })
      .toBe(true);
    await other.close();
  });

  test("more than a batch of them takes several, each once, whatever answer is lost", async () => {
    const ids = await stores.createImages(6000);
    const sizes: number[] = [];
    let lost = 0;
    const counters = await stores.start(async (...statement) => {
      const rows = await stores.sql(...statement);
      if (!statement[0].join("").includes("insert into view_batches")) return rows as never;
      sizes.push((statement[3] as number[]).length);
      if (sizes.length % 2 === 0) return rows as never;
      lost += 1;
      throw Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    });
    await isFilled();
    for (const imageId of ids) counters.count({ imageId, visitor: "ana", at: stores.time.now });
    const rest = () => redis.ask("exists", "magpie:views:pending", "magpie:views:batches");
    await expect
      .poll(async () => {
        await counters.flush();
        return rest();
      })
      .toBe(0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5000);
    expect(lost).toBeGreaterThan(1);
    expect(new Set(await stores.totals(ids))).toEqual(new Set([1]));
    expect(await redis.ask("keys", "magpie:views:batches*")).toEqual([]);
    await counters.close();
  });

  test("and a PostgreSQL that hangs, they do not pile up", async () => {
    let goOn = () => {};
    const hangs = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let tries = 0;
    const counters = await stores.start(
      async (...statement) => {
        if (!statement[0].join("").includes("insert into view_batches"))
          return stores.sql(...statement) as never;
        tries += 1;
        await hangs;
        throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      },
      { flushMilliseconds: 10 },
    );
    await isFilled();
    look(counters, "ana");
    await expect.poll(() => tries).toBe(1);
    // Many times what the timer waits.
    await new Promise((resolve) => setTimeout(resolve, 600));
    const last = counters.flush();
    goOn();
    await last;
    expect(tries).toBeLessThan(5);
    await counters.die();
  });

  // From here on each start finds what was saved.
  test("comes back as it was, and loses nothing of what was looked at meanwhile", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await isPending(1);
    await redis.ask("save");
    await counters.flush();
    await redis.stop();
    await expect.poll(() => counters.isAway()).toBe(true);
    look(counters, ...visitors(100));
    await redis.start();
    await expect
      .poll(async () => {
        await counters.flush();
        return total();
      })
      .toBe(101);
    await expect.poll(inRanking).toBe(101);
    await counters.close();
  });

  test("comes back as it was before more than a batch came, and doubles nothing", async () => {
    const ids = await stores.createImages(6000);
    const counters = await stores.start();
    await isFilled();
    const lookAtAll = (visitor: string) => {
      for (const imageId of ids) counters.count({ imageId, visitor, at: stores.time.now });
    };
    lookAtAll("ana");
    await expect.poll(() => redis.ask("llen", "magpie:views:batches")).toBe(1);
    await expect.poll(() => redis.ask("hlen", "magpie:views:pending")).toBeGreaterThan(900);
    await redis.ask("save");
    lookAtAll("ben");
    await expect
      .poll(async () => {
        await counters.flush();
        return new Set(await stores.totals(ids));
      })
      .toEqual(new Set([2]));
    const before = await stores.totals(ids);
    await redis.stop();
    await redis.start();
    await expect
      .poll(async () => {
        await counters.flush();
        return redis.ask("exists", "magpie:views:pending", "magpie:views:batches");
      })
      .toBe(0);
    expect(await stores.totals(ids)).toEqual(before);
    await counters.close();
  });

  test("comes back as it was when PostgreSQL no longer knows, and doubles nothing", async () => {
    const counters = await stores.start();
    await isFilled();
    look(counters, "ana");
    await isPending(1);
    await redis.ask("save");
    await counters.flush();
    await redis.stop();
    stores.time.now = new Date(stores.time.now.getTime() + 9 * day);
    await stores.database.viewBatch.deleteMany();
    await redis.start();
    await expect
      .poll(async () => {
        await counters.flush();
        return redis.ask("exists", "magpie:views:pending", "magpie:views:batches");
      })
      .toBe(0);
    expect(await total()).toBe(1);
    await counters.close();
  });
});
