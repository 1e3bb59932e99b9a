import { enqueueMail } from "#features/account/send-mail.ts";
import { removeCodesWithLastFactor } from "#features/second-factors/recovery-codes.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** Recovery codes go with the last second factor. @throws NotFound for a passkey that is not the actor's */
export async function removePasskey(
  deps: { database: Database; jobs: Jobs },
  { actor, id }: { actor: { id: number }; id: string },
): Promise<void> {
  const userId = actor.id;
  await deps.database.$transaction(async (tx) => {
    // As adding one does: whether it is the last must stay so until the codes are gone.
    await tx.$queryRaw`select 1 from users where id = ${userId} for no key update`;
    const { count } = await tx.passkey.deleteMany({ where: { id, userId } });
    if (count === 0) throw new NotFound();
    await removeCodesWithLastFactor(tx, { userId });
    await enqueueMail(tx, deps, { template: "passkey-removed", userId });
  });
}
