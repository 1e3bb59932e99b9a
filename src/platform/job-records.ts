import { BadRequest, NotFound } from "#lib/errors.ts";
import { type Sql, sqlText } from "#platform/sql.ts";

// What pg-boss keeps of jobs, read for people: its own functions read whole queues at once. Its
// schema is its own affair, so a test goes through all of this after every upgrade.

export const jobStates = ["waiting", "active", "failed", "done"] as const;
export type JobState = (typeof jobStates)[number];

/** How pg-boss calls them. */
const namesOf: Record<JobState, string[]> = {
  waiting: ["created", "retry"],
  active: ["active"],
  failed: ["failed"],
  done: ["completed", "cancelled"],
};

export interface QueueRecord {
  name: string;
  /** By the clock, in UTC; null where a change enqueues. */
  cron: string | null;
  /** Counted up to `mostCounted` and no further. */
  counts: Record<JobState, number>;
}

/** A count is exact up to a thousand: whoever has more needs no number. */
export const mostCounted = 1000;

interface JobRow {
  id: string;
  state: JobState;
  /** Of the tries after the first. */
  retryCount: number;
  retryLimit: number;
  createdOn: Date;
  startAfter: Date;
  startedOn: Date | null;
  completedOn: Date | null;
  data: unknown;
  output: unknown;
}

export type JobRecord = Readonly<JobRow>;

export const jobsPerPage = 50;

const columns = sqlText`
  j.id::text, case when j.state < 'active' then 'waiting' when j.state = 'active' then 'active'
    when j.state = 'failed' then 'failed' else 'done' end as state,
  j.retry_count as "retryCount", j.retry_limit as "retryLimit", j.created_on as "createdOn",
  j.start_after as "startAfter", j.started_on as "startedOn", j.completed_on as "completedOn",
  j.data, j.output`;

// Counts are in the order of magpie_job_states: without it the planner rather reads the whole table.

/** Every queue, busy or not; pg-boss's own are left out. */
export async function listQueues({ sql }: { sql: Sql }): Promise<QueueRecord[]> {
  const rows = await sql<{ name: string; cron: string | null; state: string; count: number }>`
    select q.name, s.cron, state::text, (
      select count(*)::int from (
        select 1 from pgboss.job_common j where j.name = q.name and j.state = each.state
        order by j.created_on desc, j.id desc limit 1001
      ) counted
    ) as count
    from pgboss.queue q
      cross join unnest(enum_range(null::pgboss.job_state)) as each (state)
      left join pgboss.schedule s on s.name = q.name and s.key = ''
    where not starts_with(q.name, '__pgboss__')
    order by q.name`;
  const queues = new Map<string, QueueRecord>();
  for (const { name, cron, state, count } of rows) {
    const counts = { waiting: 0, active: 0, failed: 0, done: 0 };
    const queue = queues.get(name) ?? { name, cron, counts };
    for (const ours of jobStates) {
      if (namesOf[ours].includes(state)) queue.counts[ours] += count;
    }
    queues.set(name, queue);
  }
  return [...queues.values()];
}

/** Failed jobs of all queues, counted up to `mostCounted` and one. */
export async function countFailedJobs({ sql }: { sql: Sql }): Promise<number> {
  const [row] = await sql<{ count: number }>`
    select coalesce(sum(count), 0)::int as count from pgboss.queue q cross join lateral (
      select count(*) from (
        select 1 from pgboss.job_common j where j.name = q.name and j.state = 'failed'
        order by j.created_on desc, j.id desc limit 1001
      ) counted
    ) each (count)
    where not starts_with(q.name, '__pgboss__')`;
  return row?.count ?? 0;
}

/**
 * The jobs of a queue in one state, newest first: those after the cursor `older`, or before `newer`.
 * @throws BadRequest for a cursor that no page of ours holds
 */
export async function listJobs(
  { sql }: { sql: Sql },
  {
    queue,
    state,
    ...cursors
  }: { queue: string; state: JobState; older?: string | undefined; newer?: string | undefined },
): Promise<{ jobs: JobRecord[]; older: string | null; newer: string | null }> {
  const isBack = Boolean(cursors.newer) && !cursors.older;
  const from = decodeJobCursor(isBack ? cursors.newer : cursors.older);
  const [compared, direction] = isBack ? [sqlText`>`, sqlText`asc`] : [sqlText`<`, sqlText`desc`];
  const rows = await sql<JobRow & { micros: string }>`
    select found.* from unnest(${namesOf[state]}::pgboss.job_state[]) as each (state)
    cross join lateral (
      select ${columns}, (extract(epoch from j.created_on) * 1000000)::bigint::text as micros
      from pgboss.job_common j
      where j.name = ${queue} and j.state = each.state
        and (j.created_on, j.id)
          ${compared} ('epoch'::timestamptz + ${from.micros}::bigint * interval '1 microsecond', ${from.id}::uuid)
      order by j.created_on ${direction}, j.id ${direction} limit 51
    ) found
    order by found."createdOn" ${direction}, found.id::uuid ${direction} limit 51`;
  const jobs = rows.slice(0, jobsPerPage);
  if (isBack) jobs.reverse();
  const isMore = rows.length > jobsPerPage;
  const cursorOf = (job: (typeof jobs)[number] | undefined) => job && `${job.micros}-${job.id}`;
  return {
    jobs,
    older: ((isBack || isMore) && cursorOf(jobs.at(-1))) || null,
    newer: ((isBack ? isMore : cursors.older) && cursorOf(jobs[0])) || null,
  };
}

/** @throws NotFound */
export async function getJob(
  { sql }: { sql: Sql },
  { queue, id }: { queue: string; id: string },
): Promise<JobRecord> {
  if (!uuid.test(id)) throw new NotFound();
  const [job] = await sql<JobRow>`
    select ${columns} from pgboss.job_common j where j.name = ${queue} and j.id = ${id}::uuid`;
  if (!job) throw new NotFound("This job is gone: they are kept for a while only.");
  return job;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** After every job there will be: the year 9999, in microseconds. */
const first = { micros: "253370764800000000", id: "ffffffff-ffff-ffff-ffff-ffffffffffff" };

/** Times of jobs have microseconds, which a Date would lose, and with them the place. */
function decodeJobCursor(text: string | undefined) {
  if (text === undefined || text === "") return first;
  const [, micros = "", id = ""] = /^(\d{1,17})-([0-9a-f-]{36})$/.exec(text) ?? [];
  if (!uuid.test(id)) throw new BadRequest();
  return { micros, id };
}
