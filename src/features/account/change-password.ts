import { Invalid, NotFound } from "#lib/errors.ts";
import { refusalOfPassword } from "#lib/password-rules.ts";
import type { Database } from "#platform/database.ts";
import { hashPassword } from "#platform/passwords.ts";

/** Sets a person's password and ends their sessions. @throws NotFound */
export async function changePassword(
  { database }: { database: Database },
  { username, password }: { username: string; password: string },
): Promise<void> {
  const passwordHash = await hashPassword(password);
  await database.$transaction(async (tx) => {
    const user = await tx.user.findUnique({ where: { username }, select: { id: true } });
    if (!user) throw new NotFound(`There is nobody named ${username}.`);
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await tx.session.deleteMany({ where: { userId: user.id } });
  });
}

/**
 * Sets the actor's own password; they stay signed in here and nowhere else.
 * @throws NotFound, Invalid for `password` when it is too easy to guess, and Invalid for
 * `currentPassword` when it was changed elsewhere since it was asked for
 */
export async function changeOwnPassword(
  { database }: { database: Database },
  { actor, password }: { actor: { id: number; sessionId: string }; password: string },
): Promise<void> {
  const { id: userId, sessionId } = actor;
  const person = await database.user.findUnique({
    where: { id: userId },
    select: { username: true, email: true },
  });
  if (!person) throw new NotFound();
  const refusal = refusalOfPassword(password, person);
  if (refusal) throw new Invalid({ password: refusal });
  const passwordHash = await hashPassword(password);
  await database.$transaction(async (tx) => {
    const { count } = await tx.user.updateMany({ where: { id: userId }, data: { passwordHash } });
    if (count === 0) throw new NotFound();
    // Whoever changed it meanwhile ended this session: what was confirmed here is so no more.
    if ((await tx.session.count({ where: { id: sessionId } })) === 0) throw changedMeanwhile();
    await tx.session.deleteMany({ where: { userId, id: { not: sessionId } } });
    // A link mailed before would undo it.
    await tx.accountToken.deleteMany({ where: { userId, purpose: "reset_password" } });
  });
}

const changedMeanwhile = () =>
  new Invalid({ currentPassword: "Your password was changed elsewhere just now. Sign in again." });
