import { removeFiles, removeFilesQueue, sweepFiles, sweepFilesQueue } from "#features/images/images.jobs.ts";
import type { AdvisoryLock } from "#platform/advisory-lock.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { Storage } from "#platform/storage.ts";

export const queues = [removeFilesQueue, sweepFilesQueue] as const;

/** Takes on every job there is; runs inside server.ts or alone. */
export async function startWorker(deps: {
  jobs: Jobs;
  database: Database;
  storage: Storage;
  lock: AdvisoryLock;
  clock: () => Date;
}): Promise<void> {
  await deps.jobs.work(removeFilesQueue, (data: { sha256: string }) => removeFiles(deps, data));
  await deps.jobs.work(sweepFilesQueue, () => sweepFiles(deps), { cron: "17 * * * *" });
}
