import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TooManyRequests } from "#lib/errors.ts";
import { createPool } from "#platform/database.ts";
import { createRateLimits, networkOf, type RateLimits } from "#platform/rate-limits.ts";
import { cloneDatabase } from "#tests/support/test-app.ts";

let pool: pg.Pool;
let other: pg.Pool;
let limits: RateLimits;

beforeAll(async () => {
  const url = await cloneDatabase();
  const onError = () => {};
  pool = createPool(url, { max: 5, onError });
  other = createPool(url, { max: 5, onError });
  limits = createRateLimits(pool, { enabled: true });
});
afterAll(() => Promise.all([pool.end(), other.end()]));

describe("a limit", () => {
  test("allows exactly so many, also at once and in several processes, and says how long to wait", async () => {
    const processes = [limits, createRateLimits(other, { enabled: true })];
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
    const { signInsByAccountAndAddress: limit } = limits;
    for (let count = 0; count < 10; count += 1) await limit.take("ana 192.0.2.1");
    expect(await limit.count("ana 192.0.2.1")).toBe(10);
    await expect(limit.check("ana 192.0.2.1")).rejects.toThrow(TooManyRequests);
    expect(await limit.count("ana 192.0.2.1")).toBe(10);
    await expect(limit.check("ben 192.0.2.1")).resolves.toBeUndefined();
  });

  test("can be tighter for once", async () => {
    const { signInsByAccountAndAddress: limit } = limits;
    for (let count = 0; count < 3; count += 1) await limit.take("eva 192.0.2.1", 3);
    await limit.check("eva 192.0.2.1");
    await expect(limit.check("eva 192.0.2.1", 3)).rejects.toThrow(TooManyRequests);
    await expect(limit.take("eva 192.0.2.1", 3)).rejects.toThrow(TooManyRequests);
  });

  test("begins anew when it is reset, and when its time is over", async () => {
    const { signInsByAddress: limit } = limits;
    for (let count = 0; count < 60; count += 1) await limit.take("192.0.2.5");
    await expect(limit.check("192.0.2.5")).rejects.toThrow(TooManyRequests);
    await pool.query("update rate_limits set expire = $1 where key like '%192.0.2.5'", [
      Date.now() - 1,
    ]);
    await limit.check("192.0.2.5");
    await limit.take("192.0.2.5");
    expect(await limit.count("192.0.2.5")).toBe(1);
    await limit.reset("192.0.2.5");
    expect(await limit.count("192.0.2.5")).toBe(0);
  });

  test("takes any text as its key, and keeps long ones apart", async () => {
    const { signInsByAccount: limit } = limits;
    const long = "x".repeat(5000);
    for (const key of ["", "'; drop table users; --", "😀".repeat(100), long, `${long}y`]) {
      await limit.take(key);
      expect(await limit.count(key)).toBe(1);
    }
  });

  test("that is only counted never refuses", async () => {
    await Promise.all(Array.from({ length: 150 }, () => limits.signInsByAccount.take("victim")));
    expect(await limits.signInsByAccount.count("victim")).toBe(150);
    await limits.signInsByAccount.check("victim");
  });

  test("is none at all where limits are off", async () => {
    const off = createRateLimits(pool, { enabled: false });
    for (let count = 0; count < 100; count += 1) await off.signInsByAccountAndAddress.take("x");
    await off.signInsByAccountAndAddress.check("x");
    expect(await off.signInsByAccountAndAddress.count("x")).toBe(0);
  });
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
