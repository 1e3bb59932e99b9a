import { RedisStore } from "connect-redis";
import type { Redis } from "ioredis";

/** Keeps sessions for as long as their cookies; web/sessions.ts prolongs both. */
export const createRedisSessions = (redis: Redis) =>
  new RedisStore({ client: sessionClient(redis), prefix: "session:", disableTouch: true });

/** What connect-redis asks of a client, which it expects to be node-redis. */
function sessionClient(redis: Redis) {
  const { keyPrefix = "" } = redis.options;
  return {
    get: (key: string) => redis.get(key),
    set: (key: string, value: string, { expiration }: { expiration: { value: number } }) =>
      redis.set(key, value, "EX", expiration.value),
    expire: (key: string, seconds: number) => redis.expire(key, seconds),
    del: (keys: string[]) => redis.del(keys),
    mGet: (keys: string[]) => redis.mget(keys),
    // The one call whose keys ioredis neither prefixes nor strips.
    async *scanIterator({ MATCH, COUNT }: { MATCH: string; COUNT: number }) {
      const found = redis.scanStream({ match: `${keyPrefix}${MATCH}`, count: COUNT });
      for await (const keys of found as AsyncIterable<string[]>) {
        yield keys.map((key) => key.slice(keyPrefix.length));
      }
    },
  };
}
