import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { ActionTarget, ActionVerb } from "#prisma/generated/enums.ts";

export interface Activity {
  actorId: number;
  verb: ActionVerb;
  target: { type: ActionTarget; id: number };
  now: Date;
}

const windowMilliseconds = 60_000;

/**
 * Records a deed in the transaction that does it, unless the same person did the same to the
 * same target within a minute. Answers whether it recorded.
 */
export async function recordActivity(tx: Transaction, activity: Activity): Promise<boolean> {
  const { actorId, verb, target, now } = activity;
  // Two requests that race would both find nothing: the lock makes the second wait and look after.
  const deed = `${actorId} ${verb} ${target.type} ${target.id}`;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${deed}, 0))`;
  const since = new Date(now.getTime() - windowMilliseconds);
  const recorded = await tx.$executeRaw`
    insert into actions (user_id, verb, target_type, target_id, created_at)
    select ${actorId}, ${verb}::action_verb, ${target.type}::action_target, ${target.id}, ${now}
    where not exists (
      select 1 from actions
      where target_type = ${target.type}::action_target and target_id = ${target.id}
        and user_id = ${actorId} and verb = ${verb}::action_verb
        and created_at > ${since}
    )`;
  return recorded > 0;
}

/** A deleted target takes what was done to it out of everyone's feed. */
export async function forgetTarget(
  tx: Transaction,
  target: { type: ActionTarget; id: number },
): Promise<void> {
  await tx.action.deleteMany({ where: { targetType: target.type, targetId: target.id } });
}

/**
 * Takes one deed out of everyone's feed; what was done stays done.
 * @param alongside what else that transaction does
 * @throws NotFound
 */
export async function forgetActivity(
  { database }: { database: Database },
  { action, alongside }: { action: { id: bigint }; alongside: (tx: Transaction) => Promise<void> },
): Promise<void> {
  await database.$transaction(async (tx) => {
    const { count } = await tx.action.deleteMany({ where: { id: action.id } });
    if (count === 0) throw new NotFound();
    await alongside(tx);
  });
}
