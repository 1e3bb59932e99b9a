import { findToken, hashOf, issueToken, useToken } from "#features/account/account-tokens.ts";
import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { Conflict, Forbidden, NotFound } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";
import { Prisma } from "#prisma/generated/client.ts";
import type { ShownConfirmation } from "#web/types.ts";

/** Has a link sent that proves whose an address is; the one before ends at once. */
export async function requestConfirmation(
  tx: Transaction,
  deps: { jobs: Jobs },
  { userId, email, now }: { userId: number; email: string; now: Date },
): Promise<void> {
  // Nobody knows this token: it notes what is asked for, and the job makes the one that is sent.
  await issueToken(tx, { userId, purpose: "confirm_email", email, now });
  await enqueueMail(tx, deps, { template: "confirm-email", userId });
}

interface ResendDeps {
  database: Database;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
}

/**
 * Has the link sent once more to the address that waits to be confirmed; answers whether one does.
 * @throws TooManyRequests
 */
export async function resendConfirmation(
  deps: ResendDeps,
  { actor, address }: { actor: Actor; address: string },
): Promise<boolean> {
  const { database, limits, clock } = deps;
  await limits.mailsByAddress.take(networkOf(address));
  await limits.confirmationsByAccount.take(`id ${actor.id}`);
  const now = clock();
  return database.$transaction(async (tx) => {
    // A change that a new password has just given up must not come back.
    await holdActor(tx, actor);
    const person = await tx.user.findUniqueOrThrow({
      where: { id: actor.id },
      include: { tokens: { where: { purpose: "confirm_email", expiresAt: { gt: now } } } },
    });
    const [waiting] = person.tokens;
    if (!waiting && person.emailConfirmedAt) return false;
    const email = waiting?.email ?? person.email;
    await requestConfirmation(tx, deps, { userId: person.id, email, now });
    return true;
  });
}

/**
 * The same for somebody who cannot sign in before. Whether the address waits is looked up by the
 * job: nobody learns it here.
 * @throws TooManyRequests
 */
export async function resendConfirmationTo(
  deps: ResendDeps,
  { input }: { input: { email: string; address: string } },
): Promise<void> {
  const email = input.email.toLowerCase();
  await deps.limits.mailsByAddress.take(networkOf(input.address));
  await deps.limits.confirmationsByAccount.take(email);
  await deps.database.$transaction((tx) =>
    enqueueMail(tx, deps, { template: "confirm-again", email }),
  );
}

/** What a link confirms; changes nothing. @throws NotFound when it cannot be used */
export async function getConfirmation(
  { database, clock }: { database: Database; clock: () => Date },
  { token }: { token: string },
): Promise<ShownConfirmation> {
  const found = await findToken(database, { token, purpose: "confirm_email", now: clock() });
  if (!found) throw new NotFound();
  const { tokenHash, userId, email } = found;
  return { tokenHash, userId, email };
}

/**
 * Notes that the address a token was sent to is its person's, and makes it their address.
 * @throws NotFound for a token that cannot be used, Conflict when the address was taken meanwhile
 */
export async function confirmEmail(
  { database, clock }: { database: Database; clock: () => Date },
  { token, shown }: { token: string; shown?: ShownConfirmation | undefined },
): Promise<void> {
  const now = clock();
  try {
    await database.$transaction(async (tx) => {
      const found = await findToken(tx, { token, purpose: "confirm_email", now });
      if (!found || !(await useToken(tx, found))) throw new NotFound();
      await tx.user.update({
        where: { id: found.userId },
        data: { email: found.email, emailConfirmedAt: now },
      });
    });
  } catch (error) {
    // The second click of two finds the link used up, and its answer is the one that is seen.
    if (error instanceof NotFound && (await isConfirmed({ database }, { token, shown }))) return;
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== "P2002") {
      throw error;
    }
    // It waits for nothing any more.
    await database.accountToken.deleteMany({ where: { tokenHash: hashOf(token) } });
    throw new Conflict(
      "email_taken",
      "This address came to belong to another account meanwhile. Yours keeps the one it has.",
    );
  }
}

/**
 * Whether a link that is dead now has done what it was for. Only who was shown it alive is told: it
 * says that an address is somebody's here.
 */
async function isConfirmed(
  { database }: { database: Database },
  { token, shown }: { token: string; shown: ShownConfirmation | undefined },
): Promise<boolean> {
  if (shown?.tokenHash !== hashOf(token)) return false;
  const where = { id: shown.userId, email: shown.email, emailConfirmedAt: { not: null } };
  return (await database.user.count({ where })) === 1;
}

/**
 * Stands before every sign-in, however somebody proved who they are. Whoever runs the site needs no
 * mail: theirs may be an address that takes none.
 * @throws Forbidden `email_not_confirmed` where the site asks for that first
 */
export async function requireConfirmedEmail(
  deps: { database: Database; emailConfirmationRequired: boolean },
  person: { id: number; isSuperuser: boolean },
): Promise<void> {
  if (!deps.emailConfirmationRequired || person.isSuperuser) return;
  const { emailConfirmedAt } = await deps.database.user.findUniqueOrThrow({
    where: { id: person.id },
  });
  if (emailConfirmedAt) return;
  throw new Forbidden(
    "email_not_confirmed",
    "Confirm your e-mail address first, by the link in a mail from us.",
  );
}
