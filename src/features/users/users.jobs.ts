import { recountCounters } from "#features/users/recount-counters.ts";

export const recountCountersQueue = "users.recount";

/** What the recount found is in the log. */
export async function recountPeople(deps: Parameters<typeof recountCounters>[0]): Promise<void> {
  await recountCounters(deps);
}
