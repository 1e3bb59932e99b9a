import type { Registration } from "#features/account/account.schemas.ts";
import { requestConfirmation } from "#features/account/confirm-email.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { recordActivity } from "#features/activity/record-activity.ts";
import { Invalid, TooManyRequests } from "#lib/errors.ts";
import type { Database, Transaction } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { hashPassword } from "#platform/passwords.ts";
import type { RateLimits } from "#platform/rate-limits.ts";
import { Prisma } from "#prisma/generated/client.ts";

export interface NewPerson {
  username: string;
  email: string;
  firstName?: string;
  lastName?: string;
  password: string;
  isStaff?: boolean;
  isSuperuser?: boolean;
}

export interface RegisterDeps {
  database: Database;
  clock: () => Date;
  jobs: Jobs;
  limits: RateLimits;
  emailConfirmationRequired: boolean;
}

/**
 * Makes a person and asks at their address whether it is theirs. Where that is required first, an
 * address that somebody has answers null, like a new one, and learns by mail that it has an account.
 * @throws Invalid when the username or the address is taken, whatever its case
 */
export async function registerPerson(deps: RegisterDeps, { input }: { input: Registration }) {
  const { username, email, firstName, password } = input;
  try {
    const person = await createPerson(
      deps,
      { username, email, firstName, password },
      (tx, { id: userId }, now) => requestConfirmation(tx, deps, { userId, email, now }),
    );
    return deps.emailConfirmationRequired ? null : person;
  } catch (error) {
    if (!deps.emailConfirmationRequired || !(error instanceof Invalid)) throw error;
    const { username: sameName } = error.fields;
    if (sameName) throw new Invalid({ username: sameName }, error.code);
    await tellOwner(deps, email);
    return null;
  }
}

/** Tells whoever has an address; beyond the limit it only writes no more. */
export async function tellOwner(deps: RegisterDeps, email: string): Promise<void> {
  try {
    await deps.limits.confirmationsByAccount.take(`taken ${email.toLowerCase()}`);
  } catch (error) {
    if (error instanceof TooManyRequests) return;
    throw error;
  }
  await deps.database.$transaction((tx) =>
    enqueueMail(tx, deps, { template: "address-taken", email }),
  );
}

/**
 * A user, their profile and the deed of having joined, in one transaction.
 * @param alongside what else that transaction does
 */
export async function createPerson(
  deps: { database: Database; clock: () => Date },
  person: Omit<NewPerson, "password"> & {
    /** Null for somebody who signs in by another service. */
    password: string | null;
    emailConfirmedAt?: Date | null;
  },
  alongside?: (tx: Transaction, user: { id: number }, now: Date) => Promise<void>,
) {
  const { password, ...columns } = person;
  // Hashed before the keys are tried: a taken name must not answer sooner than a free one.
  const passwordHash = password === null ? null : await hashPassword(password);
  const now = deps.clock();
  try {
    return await deps.database.$transaction(async (tx) => {
      const user = await insertPerson(tx, { ...columns, passwordHash }, now);
      await alongside?.(tx, user, now);
      return user;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? ((await takenFields(deps, columns)) ?? error) : error;
  }
}

/** Their rows and their first deed, in a transaction of the caller's; the unique keys may refuse it. */
export async function insertPerson(
  tx: Transaction,
  columns: Omit<NewPerson, "password"> & {
    passwordHash: string | null;
    emailConfirmedAt?: Date | null;
  },
  now: Date,
) {
  const user = await tx.user.create({
    data: { ...columns, joinedAt: now, profile: { create: {} } },
    select: {
      id: true,
      username: true,
      firstName: true,
      lastName: true,
      isStaff: true,
      isSuperuser: true,
    },
  });
  await recordActivity(tx, {
    actorId: user.id,
    verb: "user_joined",
    target: { type: "user", id: user.id },
    now,
  });
  return user;
}

export const isUniqueViolation = (error: unknown) =>
  error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";

/** The unique keys decide, so that two people who register at once cannot both have a name; this tells why. */
async function takenFields(
  { database }: { database: Database },
  { username, email }: { username: string; email: string },
): Promise<Invalid | null> {
  const select = { id: true };
  const [sameName, sameAddress] = await Promise.all([
    database.user.findUnique({ where: { username }, select }),
    database.user.findUnique({ where: { email }, select }),
  ]);
  const fields: Record<string, string> = {};
  if (sameName) fields["username"] = "This username is taken. Choose another.";
  if (sameAddress) fields["email"] = "This address is registered already. Sign in, or use another.";
  if (!sameName && !sameAddress) return null;
  return new Invalid(fields, sameName ? "username_taken" : "email_taken");
}
