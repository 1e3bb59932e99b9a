import { requestConfirmation } from "#features/account/confirm-email.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";

/**
 * Stands before a change: a mail goes to whatever address somebody types.
 * @throws TooManyRequests
 */
export async function limitEmailChanges(
  { limits }: { limits: RateLimits },
  { actor, address }: { actor: { id: number }; address: string },
): Promise<void> {
  await limits.mailsByAddress.take(networkOf(address));
  await limits.confirmationsByAccount.take(`id ${actor.id}`);
}

/**
 * Asks at a new address whether it is theirs, and tells the old one; the address changes when the
 * link in that mail is followed. A later request ends an earlier one. Nobody learns here whether
 * somebody has that address: the mail that goes there knows.
 */
export async function requestEmailChange(
  tx: Transaction,
  deps: { jobs: Jobs },
  { person, email, now }: { person: { id: number }; email: string; now: Date },
): Promise<void> {
  const { id: userId, email: to } = await tx.user.findUniqueOrThrow({ where: { id: person.id } });
  await requestConfirmation(tx, deps, { userId, email, now });
  await enqueueMail(tx, deps, { template: "email-change", userId, to });
}

/** Gives up a change that waits; the address stays what it is. */
export async function withdrawEmailChange(
  { database }: { database: Database },
  { actor }: { actor: { id: number } },
): Promise<void> {
  await database.$executeRaw`
    delete from account_tokens t using users u
    where u.id = ${actor.id} and t.user_id = u.id and t.purpose = 'confirm_email'
      and t.email <> u.email`;
}
