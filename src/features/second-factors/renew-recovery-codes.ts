import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { makeRecoveryCodes } from "#features/second-factors/recovery-codes.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** Ten new codes in place of what is left of the old; a mail says so. @throws NotFound without a second factor */
export async function renewRecoveryCodes(
  deps: { database: Database; jobs: Jobs },
  { actor }: { actor: Actor },
): Promise<string[]> {
  const userId = actor.id;
  return deps.database.$transaction(async (tx) => {
    await holdActor(tx, actor);
    const where = { userId };
    const factors = (await tx.authenticator.count({ where })) + (await tx.passkey.count({ where }));
    if (factors === 0) throw new NotFound("Codes come with a second step. Set one up first.");
    await enqueueMail(tx, deps, { template: "recovery-codes-new", userId });
    return makeRecoveryCodes(tx, { userId });
  });
}
