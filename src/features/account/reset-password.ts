import { findToken, useToken } from "#features/account/account-tokens.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { disconnectIdentitiesOf } from "#features/openid/connect-identity.ts";
import { removePasskeysOf } from "#features/passkeys/remove-passkey.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { hashPassword } from "#platform/passwords.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";

interface ResetDeps {
  database: Database;
  clock: () => Date;
}

/**
 * Has a link sent to an address, if it is a person's. That is looked up by the job: asked here, for
 * known and unknown addresses everything is the same, time included.
 * @throws TooManyRequests
 */
export async function requestPasswordReset(
  deps: { database: Database; jobs: Jobs; limits: RateLimits },
  { input }: { input: { email: string; address: string } },
): Promise<void> {
  const { database, limits } = deps;
  const email = input.email.toLowerCase();
  await limits.mailsByAddress.take(networkOf(input.address));
  await limits.resetsByAccount.take(email);
  await database.$transaction((tx) => enqueueMail(tx, deps, { template: "reset-password", email }));
}

/** Whose password a link sets. @throws NotFound when it was used, is too old or never was */
export async function getPasswordReset(
  { database, clock }: ResetDeps,
  { token }: { token: string },
): Promise<{ username: string; email: string }> {
  return (await getToken(database, token, clock())).user;
}

/**
 * Sets a new password, ends every session and every other link, and notes that the address is
 * theirs: they read the mail. Where that is the first proof of it, passkeys and connected accounts go.
 * @throws NotFound
 */
export async function resetPassword(
  deps: ResetDeps & { jobs: Jobs },
  { token, password }: { token: string; password: string },
): Promise<void> {
  const now = deps.clock();
  const passwordHash = await hashPassword(password);
  await deps.database.$transaction(async (tx) => {
    const found = await getToken(tx, token, now);
    const { userId } = found;
    if (!(await useToken(tx, found))) throw new NotFound();
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    const firstProof = await tx.user.updateMany({
      where: { id: userId, emailConfirmedAt: null },
      data: { emailConfirmedAt: now },
    });
    // Until now anybody may have had this account, who registered with an address that is not theirs:
    // what they left to come back by must go. An authenticator app opens nothing by itself.
    if (firstProof.count === 1) {
      await removePasskeysOf(tx, deps, { userId });
      await disconnectIdentitiesOf(tx, deps, { userId });
    }
    await tx.session.deleteMany({ where: { userId } });
  });
}

async function getToken(tx: Transaction, token: string, now: Date) {
  const found = await findToken(tx, { token, purpose: "reset_password", now });
  // Whoever reads an address that was given up must not get in by it.
  if (!found || found.email.toLowerCase() !== found.user.email.toLowerCase()) throw new NotFound();
  return found;
}
