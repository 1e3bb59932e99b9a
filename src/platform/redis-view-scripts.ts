import type { Redis } from "ioredis";

// What happens to several keys happens in one script: nothing can stop between them.

/** Under the names below; the client puts its own prefix before each. */
export const keys = {
  /** Who looked at which image, and when, for half an hour. */
  mark: (visitor: string, imageId: number) => `views:mark:${visitor}:${imageId}`,
  /**
   * The batch that views are added to: "<image>:<day>" -> views, with the batch's id in `id`, when
   * it was begun in `at`, and in which run of Redis in `run`.
   */
  pending: "views:pending",
  /** The ids of those that wait for PostgreSQL, each under this name and its id until that has it. */
  batches: "views:batches",
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

/** What one statement takes to PostgreSQL well within its time. */
const perBatch = 5000;

/** Padded, so that of equals the newest stands first where members are in descending order. */
export const memberOf = (imageId: number): string => String(imageId).padStart(10, "0");

/** Closes the pending batch: nothing is added any more. */
const seal = `
    local function seal(pending, batches)
      local id = redis.call("HGET", pending, "id")
      redis.call("RENAME", pending, batches .. ":" .. id)
      redis.call("RPUSH", batches, id)
    end`;

const scripts = {
  /**
   * The mark holds the view's own time, for views that come late are compared by theirs. Answers 0
   * for a second look, 1 when counted, 2 when counted while the rankings are not filled. A batch
   * gets its id with its first view, so that one that an older snapshot of Redis brings back is
   * known, and is added to in the run of Redis that began it only, so that nothing goes with it.
   */
  countView: `${seal}
    local last = redis.call("GET", KEYS[1])
    if last and tonumber(ARGV[1]) - tonumber(last) < tonumber(ARGV[2]) then return 0 end
    redis.call("SET", KEYS[1], ARGV[1], "PX", ARGV[2])
    local run = redis.call("HGET", KEYS[2], "run")
    if run and (run ~= ARGV[7] or redis.call("HLEN", KEYS[2]) >= ${perBatch}) then
      seal(KEYS[2], KEYS[3])
      run = false
    end
    if not run then
      redis.call("HSET", KEYS[2], "id", ARGV[3], "run", ARGV[7], "at", ARGV[8])
    end
    redis.call("HINCRBY", KEYS[2], ARGV[4], 1)
    if redis.call("GET", KEYS[4]) ~= ARGV[7] then return 2 end
    redis.call("ZINCRBY", KEYS[5], 1, ARGV[5])
    redis.call("ZINCRBY", KEYS[6], 1, ARGV[5])
    redis.call("EXPIRE", KEYS[6], ARGV[6])
    return 1`,

  /** The oldest batch that waits, if any; told so, it first closes the pending one. */
  takeViews: `${seal}
    if ARGV[1] == "1" and redis.call("EXISTS", KEYS[1]) == 1 then seal(KEYS[1], KEYS[2]) end
    while true do
      local id = redis.call("LINDEX", KEYS[2], 0)
      if not id then return {} end
      local fields = redis.call("HGETALL", KEYS[2] .. ":" .. id)
      if #fields > 0 then return fields end
      redis.call("LPOP", KEYS[2])
    end`,

  dropViews: `
    redis.call("DEL", KEYS[1] .. ":" .. ARGV[1])
    return redis.call("LREM", KEYS[1], 0, ARGV[1])`,

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
   * KEYS: filled, pending, batches, token, then pairs of a set that was filled and its place, the
   * total first; ARGV: the run, the seconds a day is kept, the token, the day of each other pair.
   */
  fillViews: `
    if redis.call("GET", KEYS[4]) ~= ARGV[3] then return 0 end
    local filling = {}
    for index = 4, #ARGV do filling[ARGV[index]] = KEYS[2 * index - 1] end
    local waiting = { KEYS[2] }
    for _, id in ipairs(redis.call("LRANGE", KEYS[3], 0, -1)) do
      table.insert(waiting, KEYS[3] .. ":" .. id)
    end
    for _, key in ipairs(waiting) do
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
