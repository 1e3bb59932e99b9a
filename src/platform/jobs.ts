import { fromPrisma, type JobResult, PgBoss } from "pg-boss";
import { Conflict, NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { Logger } from "#platform/logger.ts";

// Work that must happen after a change, even when this process dies right after it: a job is
// a row written in the transaction that causes it. Handlers may run twice and must not mind.

export interface Jobs {
  /** Enqueues within `tx`, also after `stop`: the job exists exactly when the change does. */
  enqueue(tx: Transaction, queue: string, data: object, options?: JobOptions): Promise<void>;
  /** The same for any number of jobs of a queue, in a few statements. */
  enqueueAll(tx: Transaction, queue: string, data: object[]): Promise<void>;
  /** Starts handling; `cron` also enqueues an empty job by the clock (UTC), once for all processes. */
  work(
    queue: string,
    handler: (data: never) => Promise<void>,
    options?: { cron?: string },
  ): Promise<void>;
  /** Has a failed job tried again, or the oldest ten thousand; answers how many that were. */
  retry(tx: Transaction, queue: string, id: string | null): Promise<number>;
  /** @throws NotFound, and Conflict while it is worked on: that could not be called back */
  remove(tx: Transaction, queue: string, id: string): Promise<void>;
  /** Finishes running jobs, for at most seven seconds; asked again, answers the same. */
  stop(): Promise<void>;
}

/** Where a job differs from others, in seconds and tries. */
export interface JobOptions {
  retryLimit: number;
  /** Before the second try; the pause grows with each to the longest. */
  retryDelay: number;
  retryBackoff: true;
  retryDelayMax: number;
  /** How long it is kept once it is done or given up. */
  deleteAfterSeconds: number;
}

/**
 * For the administrators' lists (job-records.ts): pg-boss has no index of what is done or failed, and
 * a week's jobs may be hundreds of thousands. Two processes may start at once.
 */
const indexOfStates = `
  do $$ begin
    if to_regclass('pgboss.magpie_job_states') is null then
      perform pg_advisory_xact_lock(hashtextextended('magpie_job_states', 0));
      create index if not exists magpie_job_states
        on pgboss.job_common (name, state, created_on desc, id desc);
    end if;
  end $$`;

/**
 * @param queues every queue there is, made when missing: a job may be enqueued before a worker runs.
 * @param supervise false where another process keeps the clock and the queues' order: one is enough
 */
export async function createJobs(options: {
  databaseUrl: string;
  queues: readonly string[];
  logger: Logger;
  supervise?: boolean;
}): Promise<Jobs> {
  const { supervise = true } = options;
  const boss = new PgBoss({
    connectionString: options.databaseUrl,
    max: 3,
    supervise,
    schedule: supervise,
  });
  // Lost connections come here too: without a listener each would end the process.
  boss.on("error", (error) => options.logger.error({ err: error }, "job queue"));
  await boss.start();
  const known = new Set((await boss.getQueues()).map((queue) => queue.name));
  for (const queue of options.queues) {
    if (!known.has(queue)) await boss.createQueue(queue, { retryLimit: 5, retryBackoff: true });
  }
  await boss.getDb().executeSql(indexOfStates);
  let stopped: Promise<void> | undefined;

  return {
    enqueue: async (tx, queue, data, options = undefined) => {
      await boss.send(queue, data, { ...options, db: fromPrisma(tx) });
    },
    enqueueAll: async (tx, queue, all) => {
      for (let start = 0; start < all.length; start += 1000) {
        const batch = all.slice(start, start + 1000).map((data) => ({ data }));
        await boss.insert(queue, batch, { db: fromPrisma(tx) });
      }
    },
    work: async (queue, handler, { cron } = {}) => {
      const options = { batchSize: 20, burstWhenBatchFull: true, perJobResults: true } as const;
      await boss.work(queue, options, async (jobs) => {
        const results: JobResult[] = [];
        for (const { id, data } of jobs) {
          // One that fails is tried again alone: the others of its batch have done their work.
          results.push(
            await handler(data as never).then(
              (): JobResult => ({ id, status: "completed" }),
              (output): JobResult => ({ id, status: "failed", output }),
            ),
          );
        }
        return results;
      });
      if (cron) await boss.schedule(queue, cron);
    },
    retry: async (tx, queue, id) => {
      const failed = await tx.$queryRaw<{ id: string }[]>`
        select id::text from pgboss.job_common
        where name = ${queue} and state = 'failed' and (${id}::uuid is null or id = ${id}::uuid)
        order by created_on limit 10000 for update`;
      const ids = failed.map((job) => job.id);
      if (ids.length > 0) await boss.retry(queue, ids, { db: fromPrisma(tx) });
      return ids.length;
    },
    remove: async (tx, queue, id) => {
      const [job] = await tx.$queryRaw<{ state: string }[]>`
        select state::text from pgboss.job_common
        where name = ${queue} and id = ${id}::uuid for update`;
      if (!job) throw new NotFound("This job is gone already.");
      if (job.state === "active") {
        throw new Conflict("job_running", "This job is running just now. Wait until it is done.");
      }
      await boss.deleteJob(queue, id, { db: fromPrisma(tx) });
    },
    stop: () => {
      stopped ??= boss.stop({ graceful: true, timeout: 7000 });
      return stopped;
    },
  };
}
