import type { Registration } from "#features/account/account.schemas.ts";
import { recordActivity } from "#features/activity/record-activity.ts";
import { Invalid } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import { hashPassword } from "#platform/passwords.ts";
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

/** @throws Invalid when the username or the address is taken, whatever its case. */
export async function registerPerson(
  deps: { database: Database; clock: () => Date },
  { input }: { input: Registration },
): Promise<{
  id: number;
  username: string;
  firstName: string;
  lastName: string;
  isSuperuser: boolean;
}> {
  return createPerson(deps, {
    username: input.username,
    email: input.email,
    firstName: input.firstName,
    password: input.password,
  });
}

/** A user, their profile and the deed of having joined, in one transaction. */
export async function createPerson(
  deps: { database: Database; clock: () => Date },
  person: NewPerson,
) {
  const { password, ...columns } = person;
  // Hashed before the keys are tried: a taken name must not answer sooner than a free one.
  const passwordHash = await hashPassword(password);
  const now = deps.clock();
  try {
    return await deps.database.$transaction(async (tx) => {
      const user = await tx.user.create({
        data: { ...columns, passwordHash, joinedAt: now, profile: { create: {} } },
        select: { id: true, username: true, firstName: true, lastName: true, isSuperuser: true },
      });
      await recordActivity(tx, {
        actorId: user.id,
        verb: "user_joined",
        target: { type: "user", id: user.id },
        now,
      });
      return user;
    });
  } catch (error) {
    throw isUniqueViolation(error) ? ((await takenFields(deps, columns)) ?? error) : error;
  }
}

const isUniqueViolation = (error: unknown) =>
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
