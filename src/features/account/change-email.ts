import { requestConfirmation } from "#features/account/confirm-email.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { Invalid } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/**
 * Asks at a new address whether it is theirs, and tells the old one; the address changes when the
 * link in that mail is followed. A later request ends an earlier one.
 * @throws Invalid for `email` when somebody else has it
 */
export async function requestEmailChange(
  tx: Transaction,
  deps: { jobs: Jobs },
  { person, email, now }: { person: { id: number }; email: string; now: Date },
): Promise<void> {
  const taken = await tx.user.findUnique({ where: { email }, select: { id: true } });
  if (taken && taken.id !== person.id) {
    throw new Invalid({ email: "This address belongs to another account." }, "email_taken");
  }
  const { id: userId, email: to } = await tx.user.findUniqueOrThrow({ where: { id: person.id } });
  await requestConfirmation(tx, deps, { userId, email, now });
  await enqueueMail(tx, deps, { template: "email-change", userId, to });
}
