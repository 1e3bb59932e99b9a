import { isIP } from "node:net";
import { unescape as decode } from "node:querystring";
import { Redis, type RedisOptions } from "ioredis";
import type { Logger } from "#platform/logger.ts";

// Redis keeps only what can be made anew. Nothing waits for it: a command is answered within its
// time or fails, and none is kept for later, so that a Redis that is away costs an answer of 503.

const commandMilliseconds = 500;
/** Longer than a command may take, so that one slow answer does not cost everybody the connection. */
const silentMilliseconds = 1200;
const longestPauseMilliseconds = 1000;
const startMilliseconds = 5000;

/**
 * A connection that answers when this resolves, and mends itself for as long as the process lives.
 * @throws Error with one sentence that names REDIS_URL
 */
export async function createRedis(
  url: string,
  { logger }: { logger: Pick<Logger, "info" | "warn"> },
): Promise<Redis> {
  const address = addressOf(url);
  const redis = new Redis({
    ...address,
    keyPrefix: "magpie:",
    enableOfflineQueue: false,
    // What was sent when the connection broke may have been done: only its caller may send it again.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: commandMilliseconds,
    commandTimeout: commandMilliseconds,
    // A connection may die without a word, and TCP would tell only after many minutes.
    socketTimeout: silentMilliseconds,
    disconnectTimeout: commandMilliseconds,
    maxLoadingRetryTime: longestPauseMilliseconds,
    retryStrategy: (times) => Math.min(50 * times, longestPauseMilliseconds),
    // After a failover this connection may lead to what is a replica by now.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  let reason: Error | undefined;
  redis.on("error", (error: Error) => {
    reason = error;
  });
  redis.on("ready", () => {
    reason = undefined;
  });
  try {
    await untilReady(redis);
    await requireVersion(redis);
  } catch (error) {
    redis.disconnect();
    const at = address.path ?? `${address.host}:${address.port}`;
    const why = inWords(reason ?? (error as Error));
    // No `cause`: an error of ioredis holds the command that failed, and that one the password.
    throw new Error(`The setting REDIS_URL names a Redis that cannot be used: ${at} (${why}).`);
  }
  let away = false;
  redis.on("reconnecting", () => {
    if (!away) logger.warn({ reason: reason?.message ?? "connection closed" }, "Redis is away");
    away = true;
  });
  redis.on("ready", () => {
    if (away) logger.info("Redis is back");
    away = false;
  });
  return redis;
}

/** Ends within the time of two commands, also when Redis is away. */
export async function closeRedis(redis: Redis): Promise<void> {
  await redis.quit().catch(() => {});
  redis.disconnect();
}

const notSent = "Stream isn't writeable and enableOfflineQueue options is false";

const ownFailures = new Set([
  "Connection is closed.",
  notSent,
  "Command timed out",
  "Command aborted due to connection close",
]);

/** Whether the cause is a Redis that is away, hangs or takes nothing just now, rather than a wrong command. */
export function isRedisUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // The rest of a transaction that was refused.
  const { previousErrors } = error as { previousErrors?: unknown };
  if (Array.isArray(previousErrors) && previousErrors.some(isRedisUnavailable)) return true;
  if (error.name === "ReplyError") {
    // Redis 6 puts what a script ran into at the end of its message.
    return /(?:^|: -)(?:LOADING|READONLY|MASTERDOWN|BUSY|OOM|MISCONF|NOREPLICAS) /.test(
      error.message,
    );
  }
  return error.name === "MaxRetriesPerRequestError" || ownFailures.has(error.message);
}

/** Whether a command that failed was surely not done: Redis was not asked, or said no. */
export const isSurelyUndone = (error: unknown): boolean =>
  error instanceof Error && (error.name === "ReplyError" || error.message === notSent);

function untilReady(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error("it does not answer")), startMilliseconds);
    const settle = (settled: () => void) => {
      clearTimeout(late);
      settled();
    };
    redis.once("ready", () => settle(resolve));
    // A wrong password or database stays wrong, and ioredis would go on with database 0.
    redis.on("error", (error: Error) => {
      if (error.name === "ReplyError") settle(() => reject(error));
    });
  });
}

async function requireVersion(redis: Redis): Promise<void> {
  // Whoever may not ask for it knows what they run.
  const info = await redis.info("server").catch(() => "");
  const [, version = "", major, minor] = /^redis_version:((\d+)\.(\d+)\S*)/m.exec(info) ?? [];
  if (version && Number(major) * 100 + Number(minor) < 602) {
    throw new Error(`it is version ${version}, and Magpie needs 6.2 or newer`);
  }
}

function inWords(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  // NOAUTH and its like explain themselves at length, and what they explain is Redis's own protocol.
  return code ?? error.message.replace(/^(?!ERR )([A-Z]+) .*$/s, "$1").replace(/\.$/, "");
}

type Address = Pick<
  RedisOptions,
  "host" | "port" | "path" | "db" | "username" | "password" | "tls"
>;

/** ioredis would take unix:// for the name of a host, and name no host when it opens TLS. */
function addressOf(url: string): Address {
  const { protocol, hostname, port, pathname, searchParams, username, password } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const isSocket = protocol === "unix:";
  const database = isSocket ? searchParams.get("db") : pathname.slice(1);
  if (!/^\d*$/.test(database ?? "") || isSocket !== (host === "")) {
    throw new Error(
      "The setting REDIS_URL must look like redis://host:6379/0, rediss://host:6379/0 or unix:///path/to/redis.sock?db=0.",
    );
  }
  return {
    db: Number(database ?? 0),
    username: decode(username),
    password: isSocket ? (searchParams.get("password") ?? "") : decode(password),
    ...(isSocket ? { path: decode(pathname) } : { host, port: Number(port || 6379) }),
    ...(protocol === "rediss:" ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  };
}
