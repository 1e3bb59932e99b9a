import type { Redis } from "ioredis";

// What happens to several keys happens in one script: nothing can stop between them.

/** Under the names below; the client puts its own prefix before each. */
export const keys = {
  /** Who looked at which image, and when, for half an hour. */
  mark: (visitor: string, imageId: number) => `views:mark:${visitor}:${imageId}`,
  /** Counted and not yet in PostgreSQL: "<image>:<day>" -> views, with the batch's id in `id`. */
  pending: "views:pending",
  /** On its way to PostgreSQL; stays until that has it. */
  batch: "views:batch",
  /** The run of the Redis that the rankings were filled in; while missing, they are not whole. */
  filled: "views:filled",
  total: "views:total",
  day: (day: string) => `views:day:${day}`,
  /** The union of seven days as of one minute. */
  week: (minute: number) => `views:week:${minute}`,
  /** What is being filled, until it takes its place. */
  filling: (key: string) => `views:filling:${key}`,
  /** Gone when Redis lost a part of that, too. */
  fillingToken: "views:filling",
};

/** Padded, so that of equals the newest stands first where members are in descending order. */
export const memberOf = (imageId: number): string => String(imageId).padStart(10, "0");

const scripts = {
  /**
   * The mark holds the view's own time, for views that come late are compared by theirs. Answers 0
   * for a second look, 1 when counted, 2 when counted while the rankings are not filled. A batch
   * gets its id with its first view: one that an older snapshot of Redis brings back is known.
   */
  countView: `
    local last = redis.call("GET", KEYS[1])
    if last and tonumber(ARGV[1]) - tonumber(last) < tonumber(ARGV[2]) then return 0 end
    redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
    redis.call("HSETNX", KEYS[2], "id", ARGV[3])
    redis.call("HINCRBY", KEYS[2], ARGV[4], 1)
    if redis.call("EXISTS", KEYS[3]) == 0 then return 2 end
    redis.call("ZINCRBY", KEYS[4], 1, ARGV[5])
    redis.call("ZINCRBY", KEYS[5], 1, ARGV[5])
    redis.call("EXPIRE", KEYS[5], ARGV[6])
    return 1`,

  /** The batch that waits, or all that is pending as the next one. */
  takeViews: `
    if redis.call("EXISTS", KEYS[2]) == 0 then
      if redis.call("EXISTS", KEYS[1]) == 0 then return {} end
      redis.call("RENAME", KEYS[1], KEYS[2])
    end
    return redis.call("HGETALL", KEYS[2])`,

  /** Another process may have taken the next one since. */
  dropViews: `
    if redis.call("HGET", KEYS[1], "id") == ARGV[1] then redis.call("DEL", KEYS[1]) end
    return 0`,

  /** Nothing while the rankings are not filled; the set of a week is made of the keys after it. */
  topViews: `
    if redis.call("EXISTS", KEYS[1]) == 0 then return false end
    if #KEYS > 2 and redis.call("EXISTS", KEYS[2]) == 0 then
      redis.call("ZUNIONSTORE", KEYS[2], #KEYS - 2, unpack(KEYS, 3))
      redis.call("EXPIRE", KEYS[2], 60)
    end
    return redis.call("ZREVRANGE", KEYS[2], ARGV[1], ARGV[2], "WITHSCORES")`,

  /**
   * Adds what PostgreSQL does not have yet to what was loaded from it, and puts that in its place.
   * KEYS: filled, pending, batch, token, then pairs of a set that was filled and its place, the
   * total first; ARGV: the run, the seconds a day is kept, the token, the day of each other pair.
   */
  fillViews: `
    if redis.call("GET", KEYS[4]) ~= ARGV[3] then return 0 end
    local filling = {}
    for index = 4, #ARGV do filling[ARGV[index]] = KEYS[2 * index - 1] end
    for _, key in ipairs({ KEYS[2], KEYS[3] }) do
      local fields = redis.call("HGETALL", key)
      for index = 1, #fields, 2 do
        local id, day = string.match(fields[index], "^(%d+):(.+)$")
        if id then
          local member = string.format("%010d", tonumber(id))
          redis.call("ZINCRBY", KEYS[5], fields[index + 1], member)
          if filling[day] then redis.call("ZINCRBY", filling[day], fields[index + 1], member) end
        end
      end
    end
    for index = 5, #KEYS, 2 do
      redis.call("DEL", KEYS[index + 1])
      if redis.call("EXISTS", KEYS[index]) == 1 then
        redis.call("RENAME", KEYS[index], KEYS[index + 1])
        redis.call("EXPIRE", KEYS[index + 1], ARGV[2])
      end
    end
    redis.call("PERSIST", KEYS[6])
    redis.call("SET", KEYS[1], ARGV[1])
    redis.call("DEL", KEYS[4])
    return 1`,
};

type Script = keyof typeof scripts;

/** Runs a script by its name, sent whole only the first time. */
export type RunScript = (
  name: Script,
  keys: string[],
  args?: (string | number)[],
) => Promise<unknown>;

export function createScripts(redis: Redis): RunScript {
  for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { lua });
  type Command = (count: number, ...values: (string | number)[]) => Promise<unknown>;
  const commands = redis as unknown as Record<Script, Command>;
  return (name, keysOfScript, args = []) =>
    commands[name](keysOfScript.length, ...keysOfScript, ...args);
}
