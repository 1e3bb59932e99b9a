import { recordChange } from "#features/admin/record-change.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** Deletes a job, which is then never done. @throws NotFound, and Conflict while it runs */
export async function removeJob(
  { database, jobs, clock }: { database: Database; jobs: Jobs; clock: () => Date },
  { actor, queue, id }: { actor: AdminActor; queue: string; id: string },
): Promise<void> {
  await database.$transaction(async (tx) => {
    await jobs.remove(tx, queue, id);
    const objectId = `${queue}/${id}`;
    const change = { model: "jobs", objectId, objectLabel: queue, kind: "deleted" as const };
    await recordChange(tx, { actor, ...change, changes: [], now: clock() });
  });
}
