import { recordChange } from "#features/admin/record-change.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { Conflict } from "#lib/errors.ts";
import { counted } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

interface JobDeps {
  database: Database;
  jobs: Jobs;
  clock: () => Date;
}

interface JobRequest {
  actor: AdminActor;
  queue: string;
  id: string;
}

const failed = { field: "State", before: "failed", after: "waiting" };

/** Has a failed job tried once more, now. @throws Conflict when it has not failed */
export async function retryJob(
  { database, jobs, clock }: JobDeps,
  { actor, queue, id }: JobRequest,
): Promise<void> {
  await database.$transaction(async (tx) => {
    if ((await jobs.retry(tx, queue, id)) === 0) {
      throw new Conflict("not_failed", "This job is not one that failed. Load the page again.");
    }
    const objectId = `${queue}/${id}`;
    const change = { model: "jobs", objectId, objectLabel: queue, kind: "changed" as const };
    await recordChange(tx, { actor, ...change, changes: [failed], now: clock() });
  });
}

/** Has all failed jobs of a queue tried once more, now; answers how many there were. */
export async function retryFailedJobs(
  { database, jobs, clock }: JobDeps,
  { actor, queue }: Omit<JobRequest, "id">,
): Promise<number> {
  return database.$transaction(async (tx) => {
    const count = await jobs.retry(tx, queue, null);
    if (count === 0) return 0;
    const change = { model: "jobs", objectId: queue, objectLabel: queue, kind: "changed" as const };
    const changes = [{ ...failed, field: counted(count, "job") }];
    await recordChange(tx, { actor, ...change, changes, now: clock() });
    return count;
  });
}
