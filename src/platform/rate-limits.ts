import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import ipaddr from "ipaddr.js";
import type pg from "pg";
import {
  RateLimiterPostgres,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from "rate-limiter-flexible";
import { TooManyRequests } from "#lib/errors.ts";

// Protects sign-in from guessing and the server from floods. Counted in Redis or PostgreSQL, so that
// several processes and a restart do not multiply what is allowed.

export interface RateLimit {
  /** Counts one. @throws TooManyRequests beyond the limit, or beyond `points`. */
  take(key: string, points?: number): Promise<void>;
  /** @throws TooManyRequests when the limit is reached; counts nothing. */
  check(key: string, points?: number): Promise<void>;
  /** How many were counted within the window. */
  count(key: string): Promise<number>;
  reset(key: string): Promise<void>;
}

export type RateLimits = ReturnType<typeof createRateLimits>;

/** What counts: Redis where there is one. */
export interface RateLimitStores {
  pool: pg.Pool;
  redis: Redis | null;
}

export function createRateLimits(stores: RateLimitStores, { enabled }: { enabled: boolean }) {
  const limit = (name: string, points: number, seconds: number): RateLimit =>
    enabled ? limitBy(limiterIn(stores, name, points, seconds), points) : unlimited;
  return {
    /** Failed sign-ins from one address, whoever they were for. */
    signInsByAddress: limit("sign-in-address", 60, 900),
    /** Failed sign-ins to one account from one address. */
    signInsByAccountAndAddress: limit("sign-in-pair", 10, 900),
    /** Failed sign-ins to one account from anywhere: never refuses by itself, so nobody locks an owner out. */
    signInsByAccount: limit("sign-in-account", Number.MAX_SAFE_INTEGER, 3600),
    /** Codes of a second factor, right or wrong, for one account from one address. */
    codesByAccountAndAddress: limit("code-pair", 10, 900),
    /** Codes of an authenticator app for one account from anywhere: never refuses by itself. */
    codesByAccount: limit("code-account", Number.MAX_SAFE_INTEGER, 86_400),
    /** Where from somebody gave a right code: kept to be asked, refuses nobody. */
    networksOfCodes: limit("code-network", Number.MAX_SAFE_INTEGER, 90 * 86_400),
    /** One answer to each challenge, for as long as it lives: counted also where nothing else is. */
    passkeyChallenges: limitBy(limiterIn(stores, "passkey-challenge", 1, 300), 1),
    /** Each ends the links that were mailed: whoever is in an account must not keep its owner out with that. */
    passwordsByPerson: limit("password", 4, 3600),
    registrationsByAddress: limit("register", 100, 3600),
    /** People who come back from the OpenID Connect provider, which is asked about each. */
    openidByAddress: limit("openid-address", 100, 900),
    /** Mails asked for from one address, whoever they are for. */
    mailsByAddress: limit("mail-address", 30, 3600),
    /** Links to set a new password. The window is the life of a link: whoever is refused has one that works. */
    resetsByAccount: limit("reset-account", 5, 3600),
    confirmationsByAccount: limit("confirm-account", 5, 3600),
    /** Downloaded or received to be decoded, whether saved or only looked at. */
    picturesByPerson: limit("pictures", 300, 600),
    /** Archives of all a person has: each reads their every picture. */
    archivesByPerson: limit("archives", 5, 3600),
  };
}

/** What limits by address count: one household holds all of an IPv6 /64. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.toString();
  return `${parsed.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}

/** Behind TRUST_PROXY=true an address is whatever text a visitor sent, and the column takes 255. */
const keyOf = (key: string) =>
  key.length > 200 ? createHash("sha256").update(key).digest("hex") : key;

const unlimited: RateLimit = {
  take: async () => {},
  check: async () => {},
  count: async () => 0,
  reset: async () => {},
};

function limiterIn(
  { pool, redis }: RateLimitStores,
  name: string,
  points: number,
  duration: number,
): RateLimiterStoreAbstract {
  if (redis) {
    const keyPrefix = `limit:${name}`;
    return new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration });
  }
  return new RateLimiterPostgres({
    storeClient: pool,
    tableName: "rate_limits",
    tableCreated: true,
    keyPrefix: name,
    points,
    duration,
  });
}

function limitBy(limiter: RateLimiterStoreAbstract, points: number): RateLimit {
  return {
    take: async (key, allowed = points) => {
      const state = await limiter.consume(keyOf(key)).catch((beyond) => {
        if (beyond instanceof RateLimiterRes) return beyond;
        throw beyond;
      });
      if (state.consumedPoints > allowed) throw new TooManyRequests(state.msBeforeNext / 1000);
    },
    check: async (key, allowed = points) => {
      const state = await limiter.get(keyOf(key));
      if (state && state.consumedPoints >= allowed) {
        throw new TooManyRequests(state.msBeforeNext / 1000);
      }
    },
    count: async (key) => (await limiter.get(keyOf(key)))?.consumedPoints ?? 0,
    reset: async (key) => {
      await limiter.delete(keyOf(key));
    },
  };
}
