import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { type Provider, requireWayIn } from "#features/openid/ways-in.ts";
import { removeCodesWithLastFactor } from "#features/second-factors/recovery-codes.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/**
 * Recovery codes go with the last second factor.
 * @throws NotFound for a passkey that is not the actor's, Conflict when they would have no way in left
 */
export async function removePasskey(
  deps: { database: Database; jobs: Jobs; openid: Provider },
  { actor, id }: { actor: Actor; id: string },
): Promise<void> {
  const userId = actor.id;
  await deps.database.$transaction(async (tx) => {
    // As adding one does: whether it is the last must stay so until the codes are gone.
    await holdActor(tx, actor);
    const { count } = await tx.passkey.deleteMany({ where: { id, userId } });
    if (count === 0) throw new NotFound();
    await requireWayIn(tx, deps, { userId });
    await removeCodesWithLastFactor(tx, { userId });
    await enqueueMail(tx, deps, { template: "passkey-removed", userId });
  });
}

/** All of a person's, in the transaction that is the reason, with the person held. */
export async function removePasskeysOf(
  tx: Transaction,
  deps: { jobs: Jobs },
  { userId }: { userId: number },
): Promise<void> {
  const { count } = await tx.passkey.deleteMany({ where: { userId } });
  if (count === 0) return;
  await removeCodesWithLastFactor(tx, { userId });
  await enqueueMail(tx, deps, { template: "passkey-removed", userId });
}
