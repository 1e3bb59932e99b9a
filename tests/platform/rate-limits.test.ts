import type { Redis } from "ioredis";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TooManyRequests } from "#lib/errors.ts";
import { createPool } from "#platform/database.ts";
import { createLogger } from "#platform/logger.ts";
import { createRateLimits, networkOf, type RateLimits } from "#platform/rate-limits.ts";
import { closeRedis, createRedis, isRedisUnavailable } from "#platform/redis.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";

interface Counting {
  limits: RateLimits;
  /** What another process counts by. */
  others: RateLimits;
  /** Lets the time of every key that ends so be over. */
  expire(ending: string): Promise<unknown>;
}

const onError = () => {};
const on = { enabled: true };

describe("a limit counted in PostgreSQL", () => {
  const pools: pg.Pool[] = [];
  const counting = {} as Counting;

  beforeAll(async () => {
    const url = await cloneDatabase();
    const open = () => {
      const pool = createPool(url, { max: 5, onError });
      pools.push(pool);
      return pool;
    };
    const pool = open();
    counting.limits = createRateLimits({ pool, redis: null }, on);
    counting.others = createRateLimits({ pool: open(), redis: null }, on);
    counting.expire = (ending) =>
      pool.query("update rate_limits set expire = $1 where key like $2", [
        Date.now() - 1,
        `%${ending}`,
      ]);
  });
  afterAll(() => Promise.all(pools.map((pool) => pool.end())));

  allowsWhatItSays(counting);
});

describeWithRedis("a limit counted in Redis", (server) => {
  const clients: Redis[] = [];
  const counting = {} as Counting;
  // Nothing asks it: every query would fail.
  const pool = createPool("postgresql://127.0.0.1:1/none", { max: 1, onError });

  beforeAll(async () => {
    const open = async () => {
      const redis = await createRedis(server.url, { logger: createLogger("silent") });
      clients.push(redis);
      return redis;
    };
    counting.limits = createRateLimits({ pool, redis: await open() }, on);
    counting.others = createRateLimits({ pool, redis: await open() }, on);
    counting.expire = async (ending) => {
      const keys = (await server.ask("keys", `*${ending}`)) as string[];
      for (const key of keys) await server.ask("pexpire", key, 0);
    };
  });
  afterAll(() => Promise.all([...clients.map(closeRedis), pool.end()]));

  allowsWhatItSays(counting);

  test("outlives a Redis that forgets its scripts, and fails while there is none", async () => {
    const { registrationsByAddress: limit } = counting.limits;
    await limit.take("198.51.100.1");
    await server.ask("script", "flush");
    await limit.take("198.51.100.1");
    expect(await limit.count("198.51.100.1")).toBe(2);
    await server.stop();
    for (const asked of [limit.take("x"), limit.check("x"), limit.count("x"), limit.reset("x")]) {
      expect(isRedisUnavailable(await asked.catch((error: unknown) => error))).toBe(true);
    }
    await server.start();
    await expect.poll(() => limit.count("198.51.100.1").catch(() => null)).toBe(0);
    await limit.take("198.51.100.1");
    expect(await limit.count("198.51.100.1")).toBe(1);
  });

  test("keeps nothing longer than its time", async () => {
    await counting.limits.signInsByAccount.take("ana");
    const keys = (await server.ask("keys", "magpie:limit:*")) as string[];
    expect(keys).toContain("magpie:limit:sign-in-account:ana");
    for (const key of keys) expect(await server.ask("ttl", key)).toBeGreaterThan(0);
  });
});

/** Every store of limits allows the same. */
function allowsWhatItSays(counting: Counting) {
  test("allows exactly so many, also at once and in several processes, and says how long to wait", async () => {
    const { limits, others } = counting;
    const processes = [limits, others];
    const taken = await Promise.allSettled(
      Array.from({ length: 120 }, (_, index) =>
        processes[index % 2]?.registrationsByAddress.take("192.0.2.1"),
      ),
    );
    expect(taken.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    const refused = taken.find((result) => result.status === "rejected")?.reason;
    expect(refused).toBeInstanceOf(TooManyRequests);
    expect(refused.retryAfter).toBeGreaterThan(3500);
    expect(refused.retryAfter).toBeLessThanOrEqual(3600);
    await limits.registrationsByAddress.take("192.0.2.2");
  });

  test("can be looked at without being used up", async () => {
    const { signInsByAccountAndAddress: limit } = counting.limits;
    for (let count = 0; count < 10; count += 1) await limit.take("ana 192.0.2.1");
    expect(await limit.count("ana 192.0.2.1")).toBe(10);
    await expect(limit.check("ana 192.0.2.1")).rejects.toThrow(TooManyRequests);
    expect(await limit.count("ana 192.0.2.1")).toBe(10);
    await expect(limit.check("ben 192.0.2.1")).resolves.toBeUndefined();
  });

  test("can be tighter for once", async () => {
    const { signInsByAccountAndAddress: limit } = counting.limits;
    for (let count = 0; count < 3; count += 1) await limit.take("eva 192.0.2.1", 3);
    await limit.check("eva 192.0.2.1");
    await expect(limit.check("eva 192.0.2.1", 3)).rejects.toThrow(TooManyRequests);
    await expect(limit.take("eva 192.0.2.1", 3)).rejects.toThrow(TooManyRequests);
  });

  test("begins anew when it is reset, and when its time is over", async () => {
    const { signInsByAddress: limit } = counting.limits;
    for (let count = 0; count < 60; count += 1) await limit.take("192.0.2.5");
    await expect(limit.check("192.0.2.5")).rejects.toThrow(TooManyRequests);
    await counting.expire("192.0.2.5");
    await limit.check("192.0.2.5");
    await limit.take("192.0.2.5");
    expect(await limit.count("192.0.2.5")).toBe(1);
    await limit.reset("192.0.2.5");
    expect(await limit.count("192.0.2.5")).toBe(0);
  });

  test("takes any text as its key, and keeps long ones apart", async () => {
    const { signInsByAccount: limit } = counting.limits;
    const long = "x".repeat(5000);
    for (const key of ["", "'; drop table users; --", "😀".repeat(100), long, `${long}y`]) {
      await limit.take(key);
      expect(await limit.count(key)).toBe(1);
    }
  });

  test("that is only counted never refuses", async () => {
    const { limits } = counting;
    await Promise.all(Array.from({ length: 150 }, () => limits.signInsByAccount.take("victim")));
    expect(await limits.signInsByAccount.count("victim")).toBe(150);
    await limits.signInsByAccount.check("victim");
  });
}

test("there is no limit at all where limits are off", async () => {
  const pool = createPool("postgresql://127.0.0.1:1/none", { max: 1, onError });
  const off = createRateLimits({ pool, redis: null }, { enabled: false });
  for (let count = 0; count < 100; count += 1) await off.signInsByAccountAndAddress.take("x");
  await off.signInsByAccountAndAddress.check("x");
  expect(await off.signInsByAccountAndAddress.count("x")).toBe(0);
  await pool.end();
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:1:2::9", "2001:db8:1:2::/64"],
  ["2001:db8:1:3::9", "2001:db8:1:3::/64"],
  ["::1", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["unknown", "unknown"],
  ["", ""],
])("an address of %s counts as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
