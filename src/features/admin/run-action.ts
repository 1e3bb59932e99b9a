import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { actionsFor, type ChosenAction, type ChosenRow } from "#features/admin/chosen-actions.ts";
import type { RegisteredModel } from "#features/admin/model-admin.ts";
import { type AdminActor, reloadActor } from "#features/admin/rights.ts";
import { Conflict, Forbidden, Invalid, NotFound } from "#lib/errors.ts";
import { tryAgain } from "#platform/database.ts";

export interface Outcome {
  done: number;
  /** In how many nothing had to change. */
  unchanged: number;
  /** Rows to which it was not done, by the sentence that says why. */
  refused: ReadonlyMap<string, readonly string[]>;
  /** Rows that were not reached. */
  left: readonly ChosenRow[];
  /** Why it ended before: its actor may not do it any more, or that could not be found out. */
  brokenBy: unknown;
}

/** Proxies wait longer for an answer, and a server that stops lets its requests finish that long. */
const mostMilliseconds = 6000;
/** When as many fail, it is not the rows. */
const mostFailures = 3;

/**
 * Does it row by row, each in a transaction of its own: what one may not do, or what fails, stops no
 * other. Ends early when it takes too long.
 */
export async function runAction(
  deps: AdminDeps,
  { rows, ...asked }: AskedAction & { rows: readonly ChosenRow[] },
): Promise<Outcome> {
  const end = performance.now() + mostMilliseconds;
  const refused = new Map<string, string[]>();
  const counts = { done: 0, unchanged: 0, failed: 0 };
  let reached = 0;
  let brokenBy: unknown;
  for (const row of rows) {
    if (performance.now() > end || counts.failed === mostFailures) break;
    const action = await allowedAction(deps, asked).catch((error: unknown) => {
      brokenBy = error;
    });
    if (!action) break;
    const outcome = await outcomeOf(() => action.run(deps, row), deps);
    reached += 1;
    if (typeof outcome === "boolean") counts[outcome ? "done" : "unchanged"] += 1;
    else refused.set(outcome, [...(refused.get(outcome) ?? []), row.label]);
    if (outcome === failed) counts.failed += 1;
  }
  if (counts.done + counts.unchanged > 0) await finish(deps, asked.action);
  return { ...counts, refused, left: rows.slice(reached), brokenBy };
}

/** What was done is done, and told, whatever becomes of this. */
async function finish(deps: AdminDeps, { after }: ChosenAction): Promise<void> {
  try {
    await after?.(deps);
  } catch (error) {
    deps.logger.error({ err: error }, "a bulk action was not finished");
  }
}

interface AskedAction {
  actor: AdminActor;
  model: RegisteredModel;
  action: ChosenAction;
}

/** To deactivate somebody, or to take their rights, stops what they are doing. @throws NotFound */
async function allowedAction(
  deps: AdminDeps,
  { actor, model, action }: AskedAction,
): Promise<ChosenAction> {
  const actorNow = await reloadActor(deps, actor);
  const allowed =
    actorNow?.may(model.name, "view") &&
    actionsFor(model, actorNow).find(({ name }) => name === action.name);
  if (!allowed) throw new NotFound();
  return allowed;
}

const failed = "It could not be done now. Try again.";

/** Whether anything changed, or the sentence that says why it was not done. */
async function outcomeOf(
  work: () => Promise<boolean>,
  { logger }: AdminDeps,
): Promise<boolean | string> {
  try {
    return await tryAgain(work);
  } catch (error) {
    const refusals = [Conflict, Forbidden, Invalid, NotFound];
    if (error instanceof Error && refusals.some((kind) => error instanceof kind)) {
      return error.message;
    }
    logger.error({ err: error }, "a bulk action failed for a row");
    return failed;
  }
}
