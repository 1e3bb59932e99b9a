import type { AdminDeps } from "#features/admin/admin-deps.ts";
import type { ChosenAction, ChosenRow } from "#features/admin/chosen-actions.ts";
import { Conflict, Forbidden, Invalid, NotFound } from "#lib/errors.ts";
import { tryAgain } from "#platform/database.ts";

export interface Outcome {
  done: number;
  /** In how many nothing had to change. */
  unchanged: number;
  /** Rows to which it was not done, by the sentence that says why. */
  refused: ReadonlyMap<string, readonly string[]>;
}

/** Does it row by row, each in a transaction of its own: what one may not do stops no other. */
export async function runAction(
  deps: AdminDeps,
  { action, rows }: { action: ChosenAction; rows: readonly ChosenRow[] },
): Promise<Outcome> {
  const refused = new Map<string, string[]>();
  const counts = { done: 0, unchanged: 0 };
  for (const row of rows) {
    const outcome = await outcomeOf(() => action.run(deps, row));
    if (typeof outcome === "boolean") counts[outcome ? "done" : "unchanged"] += 1;
    else refused.set(outcome, [...(refused.get(outcome) ?? []), row.label]);
  }
  if (counts.done + counts.unchanged > 0) await action.after?.(deps);
  return { ...counts, refused };
}

/** Whether anything changed, or the sentence that says why it was not done. */
async function outcomeOf(work: () => Promise<boolean>): Promise<boolean | string> {
  try {
    return await tryAgain(work);
  } catch (error) {
    const refusals = [Conflict, Forbidden, Invalid, NotFound];
    if (error instanceof Error && refusals.some((kind) => error instanceof kind)) {
      return error.message;
    }
    throw error;
  }
}
