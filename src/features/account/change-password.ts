import { randomUUID } from "node:crypto";
import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { Invalid, NotFound } from "#lib/errors.ts";
import { refusalOfPassword } from "#lib/password-rules.ts";
import type { Database, Transaction } from "#platform/database.ts";
import { hashPassword } from "#platform/passwords.ts";

/** Sets a person's password and ends their sessions and links. @throws NotFound */
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
    await endLinks(tx, user.id);
  });
}

/**
 * Links mailed before would undo it, or give the account another address, which a thief may have asked
 * for. One that confirms the address somebody has does neither.
 */
const endLinks = (tx: Transaction, userId: number) =>
  tx.$executeRaw`
    delete from account_tokens t using users u
    where u.id = ${userId} and t.user_id = u.id
      and (t.purpose = 'reset_password' or t.email <> u.email)`;

/**
 * Sets the actor's own password; they stay signed in here and nowhere else. Answers what their session
 * is called from now on: a request that came by the old name and is still under way names nothing.
 * @throws Invalid for `password` when it is too easy to guess, Forbidden when they were signed out
 * meanwhile
 */
export async function changeOwnPassword(
  { database }: { database: Database },
  { actor, password }: { actor: Actor; password: string },
): Promise<string> {
  const { id: userId, sessionId } = actor;
  const person = await database.user.findUnique({
    where: { id: userId },
    select: { username: true, email: true },
  });
  if (!person) throw new NotFound();
  const refusal = refusalOfPassword(password, person);
  if (refusal) throw new Invalid({ password: refusal });
  const passwordHash = await hashPassword(password);
  return database.$transaction(async (tx) => {
    await holdActor(tx, actor);
    await tx.user.update({ where: { id: userId }, data: { passwordHash } });
    await tx.session.deleteMany({ where: { userId, id: { not: sessionId } } });
    await endLinks(tx, userId);
    const { id } = await tx.session.update({
      where: { id: sessionId },
      data: { id: randomUUID() },
    });
    return id;
  });
}
