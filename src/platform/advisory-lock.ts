import type pg from "pg";

// For work that must not cross between processes and that no row stands for, such as writing and
// removing the same files. The database frees the lock when its holder dies.

/** Runs `work` while nobody else holds the lock of that name, anywhere. */
export type AdvisoryLock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** @param pool connections of its own: waiting for a lock must not use up those that queries need. */
export function createAdvisoryLock(pool: pg.Pool): AdvisoryLock {
  return async (name, work) => {
    const client = await pool.connect();
    // The pool listens only to idle connections; one lost during the work would end the process.
    const ignore = () => {};
    client.on("error", ignore);
    let broken = true;
    try {
      await client.query("select pg_advisory_lock(hashtextextended($1, 0))", [name]);
      const result = await work();
      await client.query("select pg_advisory_unlock(hashtextextended($1, 0))", [name]);
      broken = false;
      return result;
    } finally {
      client.off("error", ignore);
      // Closing the connection frees the lock whatever went wrong.
      client.release(broken);
    }
  };
}
