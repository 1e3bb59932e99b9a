import { randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import { createGatheredViews } from "#platform/gathered-views.ts";
import type { Logger } from "#platform/logger.ts";
import { alone, inTurn } from "#platform/one-at-a-time.ts";
import { isSurelyUndone } from "#platform/redis.ts";
import { carryViews } from "#platform/redis-view-batches.ts";
import {
  dayKeptSeconds,
  fillRankings,
  forgetImages,
  readTop,
  runOf,
} from "#platform/redis-view-rankings.ts";
import { createScripts, keys, memberOf } from "#platform/redis-view-scripts.ts";
import type { Sql } from "#platform/sql.ts";
import {
  dayOf,
  lookAgainMilliseconds,
  type View,
  type ViewCounters,
} from "#platform/view-counters.ts";

// Redis counts and ranks; PostgreSQL is given the numbers every ten seconds. A Redis that is away
// costs nothing but the wait: views are gathered here with their times and counted when it is back.

/** Whoever carries views or fills the rankings is alone in it. */
const lockName = "views";
const againMilliseconds = 1000;
const perReplay = 500;
/** Less than a mark stays, so that it is there still when a view comes again that Redis may have counted. */
const retryMilliseconds = lookAgainMilliseconds - 60_000;

export function createRedisViewCounters(options: {
  redis: Redis;
  sql: Sql;
  lock: AdvisoryLock;
  clock: () => Date;
  logger: Logger;
  /** Answers what Redis cannot just now, and counts at the end what it could not be given. */
  fallback: ViewCounters;
  flushMilliseconds?: number;
}): ViewCounters {
  const { redis, sql, lock, clock, logger, fallback, flushMilliseconds = 10_000 } = options;
  const run = createScripts(redis);
  const gathered = createGatheredViews(logger);
  const sending = new Set<Promise<void>>();
  // Marks die with a Redis that dies: what this process counted it knows by itself.
  const counted = new LRUCache<string, number>({ max: 50_000 });
  /** Sent, and perhaps counted: nobody but Redis knows. */
  const unanswered = new WeakSet<View>();
  let isClosing = false;

  /** The run of the Redis that this connection leads to, once it said so. */
  let thisRun: string | null = null;
  const meet = alone(async () => {
    if (redis.status === "ready") thisRun ??= await runOf(redis).catch(() => null);
  });
  const canSend = () => redis.status === "ready" && thisRun !== null;

  async function send(view: View): Promise<void> {
    const at = view.at.getTime();
    const mark = keys.mark(view.visitor, view.imageId);
    const day = dayOf(view.at);
    // Before the answer: another look must not take the place of one that may have been counted.
    counted.set(mark, at);
    const answer = await run(
      "countView",
      [mark, keys.pending, keys.batches, keys.filled, keys.total, keys.day(day)],
      [
        ...[at, lookAgainMilliseconds, randomUUID(), `${view.imageId}:${day}`],
        ...[memberOf(view.imageId), dayKeptSeconds, thisRun ?? "", clock().getTime()],
      ],
    ).catch((error) => {
      if (!isSurelyUndone(error)) unanswered.add(view);
      throw error;
    });
    // Counted before by another process, which alone knows when.
    if (answer === 0) counted.delete(mark);
    if (answer === 2) void fillSoon();
  }

  function count(view: View): void {
    const last = counted.get(keys.mark(view.visitor, view.imageId));
    if (last !== undefined && view.at.getTime() - last < lookAgainMilliseconds) return;
    // Behind those that wait, in their order.
    if (gathered.size > 0 || !canSend()) {
      gathered.add(view);
      return;
    }
    const sent = send(view)
      .catch(() => gathered.add(view))
      .finally(() => sending.delete(sent));
    sending.add(sent);
  }

  const isTooLate = (view: View) =>
    unanswered.has(view) && clock().getTime() - view.at.getTime() >= retryMilliseconds;

  const replay = alone(async () => {
    await meet();
    while (gathered.size > 0 && canSend()) {
      // One shows whether Redis answers at all: the others need not wait for it in vain.
      for (const many of [1, perReplay]) {
        if (!canSend()) return;
        const failed: View[] = [];
        const sendable = gathered.take(many).filter((view) => !isTooLate(view));
        await Promise.all(sendable.map((view) => send(view).catch(() => failed.push(view))));
        gathered.putBack(failed);
        if (failed.length > 0) return;
      }
    }
  });

  let mayFillAt = 0;
  const fillSoon = alone(async () => {
    if (isClosing || performance.now() < mayFillAt) return;
    const isStopping = () => isClosing;
    const isDone = await succeeds("the rankings wait to be filled", () =>
      lock(lockName, () => fillRankings({ redis, run, sql, clock, logger, isStopping })),
    );
    if (isDone) return;
    mayFillAt = performance.now() + againMilliseconds;
    setTimeout(() => void fillSoon(), againMilliseconds + 10).unref();
  });

  const flush = inTurn(async () => {
    await succeeds("views wait in Redis", async () => {
      // A lock is a connection: none is taken to find nothing.
      if ((await redis.exists(keys.pending, keys.batches)) === 0) return;
      await lock(lockName, () => carryViews({ run, sql, clock, logger }));
    });
  });

  async function succeeds(orElse: string, work: () => Promise<void>): Promise<boolean> {
    // Its connection says by itself when it is back.
    if (redis.status !== "ready") return true;
    try {
      await work();
      return true;
    } catch (error) {
      logger.warn({ err: error }, orElse);
      return false;
    }
  }

  // One that takes long is not called again for each time it missed.
  const flushInTime = alone(flush);
  const timers = [
    setInterval(() => void replay(), againMilliseconds).unref(),
    setInterval(() => void flushInTime(), flushMilliseconds).unref(),
  ];
  // After each start of Redis, also one that this process did not see end.
  const onReady = async () => {
    await meet();
    void fillSoon();
    void replay();
  };
  const onClose = () => {
    thisRun = null;
  };
  redis.on("ready", onReady);
  redis.on("close", onClose);
  if (redis.status === "ready") void onReady();

  async function giveToFallback(): Promise<void> {
    const views: View[] = [];
    while (gathered.size > 0) views.push(...gathered.take(gathered.size));
    const unsent = views.filter((view) => !unanswered.has(view));
    unsent.forEach(fallback.count);
    const lost = views.length - unsent.length;
    if (lost > 0) logger.warn({ views: lost }, "views that Redis did not answer were not counted");
    await fallback.close();
  }

  return {
    count,
    top: async (period, range) => {
      const found = await readTop(run, period, range).catch(() => null);
      if (found === null) void fillSoon();
      return found ?? fallback.top(period, range);
    },
    forget: async (imageIds) => {
      await Promise.all([
        forgetImages(redis, imageIds, clock()).catch(() => {}),
        fallback.forget(imageIds),
      ]);
    },
    refill: async () => {
      await redis.del(keys.filled).catch(() => {});
      await fillSoon();
    },
    flush: async () => {
      await Promise.all(sending);
      await replay();
      await flush();
    },
    close: async () => {
      isClosing = true;
      for (const timer of timers) clearInterval(timer);
      redis.off("ready", onReady);
      await Promise.all(sending);
      await replay();
      await fillSoon();
      await flush();
      await giveToFallback();
      redis.off("close", onClose);
    },
  };
}
