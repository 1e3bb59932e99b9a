import type { AdminDeps } from "#features/admin/admin-deps.ts";
import type { ChosenAction, ChosenRow } from "#features/admin/chosen-actions.ts";
import { Conflict, Forbidden, Invalid, NotFound } from "#lib/errors.ts";
import { tryAgain } from "#platform/database.ts";

export interface Outcome {
  done: number;
  /** Rows to which it was not done, by the sentence that says why. */
  refused: ReadonlyMap<string, readonly string[]>;
}

/** Does it row by row, each in a transaction of its own: what one may not do stops no other. */
export async function runAction(
  deps: AdminDeps,
  { action, rows }: { action: ChosenAction; rows: readonly ChosenRow[] },
): Promise<Outcome> {
  const refused = new Map<string, string[]>();
  for (const row of rows) {
    const sentence = await refusalOf(() => action.run(deps, row));
    if (sentence) refused.set(sentence, [...(refused.get(sentence) ?? []), row.label]);
  }
  const count = [...refused.values()].reduce((sum, labels) => sum + labels.length, 0);
  const done = rows.length - count;
  if (done > 0) await action.after?.(deps);
  return { done, refused };
}

/** Why it was not done, or null where it was. */
async function refusalOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await tryAgain(work);
    return null;
  } catch (error) {
    const refusals = [Conflict, Forbidden, Invalid, NotFound];
    if (error instanceof Error && refusals.some((kind) => error instanceof kind)) {
      return error.message;
    }
    throw error;
  }
}
