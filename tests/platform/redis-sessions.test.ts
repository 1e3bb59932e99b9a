import type { SessionData } from "express-session";
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createLogger } from "#platform/logger.ts";
import { closeRedis, createRedis } from "#platform/redis.ts";
import { createRedisSessions } from "#platform/redis-sessions.ts";
import { describeWithRedis } from "#tests/support/redis-server.ts";

const hour = 3_600_000;

function sessionFor(milliseconds: number, prolongedAt = 1): SessionData {
  const expires = new Date(Date.now() + milliseconds);
  return { cookie: { originalMaxAge: milliseconds, expires, path: "/" }, prolongedAt };
}

describeWithRedis("sessions in Redis", (server) => {
  let redis: Redis;
  let store: ReturnType<typeof createRedisSessions>;

  beforeAll(async () => {
    redis = await createRedis(server.url, { logger: createLogger("silent") });
    store = createRedisSessions(redis);
  });
  beforeEach(() => server.flush());
  afterAll(() => closeRedis(redis));

  const lifeOf = async (id: string) => Number(await server.ask("pttl", `magpie:session:${id}`));

  test("live as long as their cookies, and no visit alone prolongs them", async () => {
    await store.set("short", sessionFor(4 * hour));
    await store.set("long", sessionFor(14 * 24 * hour));
    expect(await lifeOf("short")).toBeGreaterThan(3.9 * hour);
    expect(await lifeOf("short")).toBeLessThanOrEqual(4 * hour);
    expect(await lifeOf("long")).toBeGreaterThan(13.9 * 24 * hour);
    await store.touch("short", sessionFor(14 * 24 * hour));
    expect(await lifeOf("short")).toBeLessThanOrEqual(4 * hour);
    await store.set("short", sessionFor(14 * 24 * hour));
    expect(await lifeOf("short")).toBeGreaterThan(13.9 * 24 * hour);
  });

  test("are read as they were written, until they are destroyed or over", async () => {
    const kept = sessionFor(hour, 5);
    await store.set("a", kept);
    expect(await store.get("a")).toEqual(JSON.parse(JSON.stringify(kept)));
    await store.destroy("a");
    expect(await store.get("a")).toBeNull();
    await store.set("b", sessionFor(hour));
    await store.set("b", sessionFor(-1));
    expect(await store.get("b")).toBeNull();
  });

  test("are counted, listed and cleared apart from everything else that Redis keeps", async () => {
    const ids = Array.from({ length: 250 }, (_, index) => `id-${index}`).sort();
    for (const [index, id] of ids.entries()) await store.set(id, sessionFor(hour, index));
    await redis.set("other", "1");
    await server.ask("set", "session:foreign", "1");
    expect((await store.ids()).sort()).toEqual(ids);
    expect(await store.length()).toBe(250);
    const all = (await store.all()) as (SessionData & { id: string })[];
    expect(all.find(({ id }) => id === ids[7])?.prolongedAt).toBe(7);
    await store.clear();
    expect(await store.length()).toBe(0);
    expect(await store.all()).toEqual([]);
    expect(await server.ask("keys", "*")).toHaveLength(2);
  });
});
