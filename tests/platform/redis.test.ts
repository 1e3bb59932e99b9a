import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { closeRedis, createRedis, isRedisUnavailable } from "#platform/redis.ts";
import { describeWithRedis, type RedisServer } from "#tests/support/redis-server.ts";
import { within } from "#tests/support/within.ts";

const logged: string[] = [];
const note = (...words: unknown[]) => void logged.push(String(words.at(-1)));
const logger = { info: note, warn: note };

const failureOf = (work: Promise<unknown>) => work.then(() => null).catch((error: Error) => error);

describeWithRedis("a connection to Redis", (server) => {
  let redis: Redis;

  beforeEach(async () => {
    await server.flush();
    redis = await createRedis(server.url, { logger });
    logged.length = 0;
  });
  afterEach(() => closeRedis(redis));

  const isBack = () => expect.poll(() => redis.ping().catch(() => null)).toBe("PONG");

  /** Waiting would take twenty times as long as a command may. */
  async function failsAtOnce() {
    const start = performance.now();
    for (let asked = 0; asked < 20; asked += 1) {
      expect(isRedisUnavailable(await failureOf(redis.get("a")))).toBe(true);
    }
    expect(performance.now() - start).toBeLessThan(5000);
  }

  test("puts its own name before every key", async () => {
    await redis.set("a", "1");
    expect(await server.ask("keys", "*")).toEqual(["magpie:a"]);
  });

  test("fails at once while Redis is gone, and mends itself when it is back", async () => {
    for (let outage = 0; outage < 2; outage += 1) {
      await server.stop();
      await failsAtOnce();
      await server.start();
      await isBack();
    }
  });

  test("says once that Redis is away and once that it is back, however long it takes", async () => {
    await server.stop();
    let tries = 0;
    redis.on("reconnecting", () => {
      tries += 1;
    });
    await expect.poll(() => tries).toBeGreaterThan(4);
    await server.start();
    await isBack();
    expect(logged).toEqual(["Redis is away", "Redis is back"]);
  });

  test("waits for a Redis that hangs for less than a second, and soon not at all", async () => {
    server.pause();
    expect(isRedisUnavailable(await within(900, failureOf(redis.get("a"))))).toBe(true);
    // The connection is given up, so that the next ones who ask do not wait.
    await expect.poll(() => logged).toEqual(["Redis is away"]);
    await failsAtOnce();
    server.resume();
    await isBack();
  });

  test("never sends a command a second time", async () => {
    server.pause();
    const counted = await Promise.allSettled(Array.from({ length: 50 }, () => redis.incr("count")));
    expect(counted.filter(({ status }) => status === "fulfilled")).toEqual([]);
    await expect.poll(() => logged).toEqual(["Redis is away"]);
    server.resume();
    await isBack();
    // Nobody knew it, but they were done.
    expect(await redis.get("count")).toBe("50");
  });

  test("closes in bounded time, whatever Redis does", async () => {
    server.pause();
    await within(2000, closeRedis(redis));
    server.resume();
    const gone = await createRedis(server.url, { logger });
    await server.stop();
    await within(1000, closeRedis(gone));
    await server.start();
  });

  test("tells a Redis that takes nothing from a command that is wrong", async () => {
    await server.ask("replicaof", "127.0.0.1", 1);
    const readOnly = await failureOf(redis.set("a", "1"));
    await isBack();
    const inTransaction = await failureOf(redis.multi().set("a", "1").exec());
    await isBack();
    const inScript = await failureOf(redis.eval("return redis.call('set', KEYS[1], 1)", 1, "a"));
    await server.ask("replicaof", "no", "one");
    await isBack();
    expect(await redis.set("a", "1")).toBe("OK");
    expect([readOnly, inTransaction, inScript].map(isRedisUnavailable)).toEqual([true, true, true]);

    await server.ask("config", "set", "maxmemory", 1);
    const full = await failureOf(redis.set("b", "1"));
    await server.ask("config", "set", "maxmemory", 0);
    expect(isRedisUnavailable(full)).toBe(true);

    const wrong = [
      await failureOf(redis.lpush("a", "x")),
      await failureOf(redis.eval("return nonsense(", 0)),
      await failureOf(redis.call("no-such-command")),
    ];
    for (const failure of wrong) expect(failure).toBeInstanceOf(Error);
    expect(wrong.some(isRedisUnavailable)).toBe(false);
  });
});

describeWithRedis("a Redis that is too old", (server) => {
  test("is refused by its version", async () => {
    // The real one, with its version changed on the way; no byte more or less.
    const between = createServer((inside) => {
      const outside = connect(Number(new URL(server.url).port), "127.0.0.1");
      outside.on("data", (chunk) => {
        const older = (_line: string, version: string) =>
          `redis_version:${"6.0.".padEnd(version.length, "9")}`;
        inside.write(chunk.toString("latin1").replace(/redis_version:(\S+)/, older), "latin1");
      });
      inside.pipe(outside).on("close", () => inside.destroy());
      inside.on("error", () => outside.destroy());
    }).listen(0, "127.0.0.1");
    await once(between, "listening");
    const { port } = between.address() as AddressInfo;
    await expect(createRedis(`redis://127.0.0.1:${port}`, { logger })).rejects.toThrow(
      /^The setting REDIS_URL .*: 127\.0\.0\.1:\d+ \(it is version 6\.0\.9+, and Magpie needs 6\.2 or newer\)\.$/,
    );
    between.close();
    await once(between, "close");
  });
});

test.each([new TypeError("x is not a function"), new Error("READONLY "), undefined, "LOADING"])(
  "%s is no Redis that is away",
  (error) => {
    expect(isRedisUnavailable(error)).toBe(false);
  },
);

const password = "se/cret@1";

function leadsToIt(server: RedisServer) {
  const encoded = encodeURIComponent(password);
  const place = () => new URL(server.url).host;

  test("may be a Unix socket, and name a database", async () => {
    for (const [url, database] of [
      [`${server.socketUrl}?db=3&password=${encoded}`, 3],
      [`redis://:${encoded}@${place()}/2`, 2],
      [`redis://default:${encoded}@${place()}`, 0],
    ] as const) {
      const redis = await createRedis(url, { logger });
      await redis.set("here", "1");
      const line = (await redis.client("LIST")) as string;
      expect(line).toMatch(new RegExp(`\\bdb=${database}\\b`));
      await closeRedis(redis);
    }
  });

  test("that leads to no Redis of ours is refused in a sentence, at once and without its password", async () => {
    for (const [url, why] of [
      [`redis://${place()}`, "NOAUTH"],
      [`redis://:wrong-pass@${place()}`, "WRONGPASS"],
      [`redis://:${encoded}@${place()}/99`, "ERR DB index is out of range"],
    ] as const) {
      // Sooner than what is given to a Redis that may yet come.
      const failure = await within(4000, failureOf(createRedis(url, { logger })));
      expect(failure?.message).toBe(
        `The setting REDIS_URL names a Redis that cannot be used: ${place()} (${why}).`,
      );
      expect(failure?.cause).toBeUndefined();
    }
  });
}

describeWithRedis("an address of Redis", leadsToIt, ["--requirepass", password]);

test("an address that makes no sense is refused with a word about what would", async () => {
  for (const url of [
    "redis://localhost/abc",
    "redis://",
    "redis:///1",
    "unix://run/redis.sock",
    "unix:///run/redis.sock?db=x",
  ]) {
    await expect(createRedis(url, { logger })).rejects.toThrow(
      /^The setting REDIS_URL must look like redis:\/\/.*\.$/,
    );
  }
});

describe("a start without Redis", () => {
  test("is given up after five seconds", async () => {
    const asked = [
      ["redis://:hush@127.0.0.1:1/0", "127.0.0.1:1 (ECONNREFUSED)"],
      ["unix:///nowhere/redis.sock", "/nowhere/redis.sock (ENOENT)"],
    ] as const;
    await Promise.all(
      asked.map(async ([url, words]) => {
        const failure = await within(7000, failureOf(createRedis(url, { logger })));
        expect(failure?.message).toBe(
          `The setting REDIS_URL names a Redis that cannot be used: ${words}.`,
        );
      }),
    );
  });
});
