import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import type { Logger } from "#platform/logger.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";
import type { Storage } from "#platform/storage.ts";
import type { ViewCounters } from "#platform/view-counters.ts";

/** What the administrators' pages need: they call the abilities of every other feature. */
export interface AdminDeps {
  database: Database;
  sql: Sql;
  jobs: Jobs;
  storage: Storage;
  viewCounters: ViewCounters;
  limits: RateLimits;
  logger: Logger;
  clock: () => Date;
  /** What the front page says of this site. */
  redis: { info(section: "server"): Promise<string> } | null;
  config: { smtpUrl: string | undefined };
  signUpsOpen: boolean;
  emailConfirmationRequired: boolean;
  membersOnly: boolean;
}
