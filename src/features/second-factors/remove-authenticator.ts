import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { removeCodesWithLastFactor } from "#features/second-factors/recovery-codes.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/**
 * Turns the second step by authenticator app off; recovery codes go with the last second factor. The
 * caller has asked who it is.
 * @throws NotFound when it is off already
 */
export async function removeAuthenticator(
  deps: { database: Database; jobs: Jobs },
  { actor }: { actor: Actor },
): Promise<void> {
  const userId = actor.id;
  await deps.database.$transaction(async (tx) => {
    // As a passkey does that goes: whether it is the last must stay so until the codes are gone.
    await holdActor(tx, actor);
    const { count } = await tx.authenticator.deleteMany({ where: { userId } });
    if (count === 0) throw new NotFound("Two-step sign-in is off already.");
    await removeCodesWithLastFactor(tx, { userId });
    await enqueueMail(tx, deps, { template: "second-factor-off", userId });
  });
}
