import { enqueueMail } from "#features/account/send-mail.ts";
import type { Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/** What there was, for whoever keeps a record of it. */
export interface TurnedOff {
  hadAuthenticator: boolean;
  passkeys: number;
}

/**
 * Takes a person's authenticator app, passkeys and recovery codes away and tells them by mail, for
 * somebody who lost them all; answers null when there were none. The caller has asked who may.
 */
export async function turnOffSecondFactor(
  tx: Transaction,
  deps: { jobs: Jobs },
  { person }: { person: { id: number } },
): Promise<TurnedOff | null> {
  const userId = person.id;
  // As everybody who adds or removes one does.
  await tx.$queryRaw`select 1 from users where id = ${userId} for no key update`;
  const { count: authenticators } = await tx.authenticator.deleteMany({ where: { userId } });
  const { count: passkeys } = await tx.passkey.deleteMany({ where: { userId } });
  await tx.recoveryCode.deleteMany({ where: { userId } });
  if (authenticators + passkeys === 0) return null;
  await enqueueMail(tx, deps, { template: "second-factor-removed", userId });
  return { hadAuthenticator: authenticators > 0, passkeys };
}
