import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import { hashPassword, needsRehash, verifyPassword } from "#platform/passwords.ts";
import type { RateLimits } from "#platform/rate-limits.ts";

/** How many tries an address keeps for an account that is being guessed from many others. */
const triesUnderAttack = 3;

/**
 * The active person behind a username or e-mail address and a password, or null.
 * Failures count by address and by account from that address; however many others guess at an
 * account, its owner keeps tries of their own, so nobody is locked out.
 * @throws TooManyRequests
 */
export async function verifyCredentials(
  deps: { database: Database; limits: RateLimits },
  { input }: { input: { username: string; password: string; address: string } },
) {
  const { limits } = deps;
  const account = input.username.trim().toLowerCase().slice(0, 150);
  const pair = `${account} ${input.address}`;
  const underAttack = (await limits.signInsByAccount.count(account)) >= 100;
  await limits.signInsByAddress.check(input.address);
  await limits.signInsByAccountAndAddress.check(pair, underAttack ? triesUnderAttack : undefined);

  const user = await findUserByLogin(deps.database, account);
  const matches = await verifyPassword(user?.passwordHash ?? null, input.password);
  if (!user?.isActive || !matches) {
    await Promise.allSettled([
      limits.signInsByAddress.take(input.address),
      limits.signInsByAccountAndAddress.take(pair),
      limits.signInsByAccount.take(account),
    ]);
    return null;
  }
  await limits.signInsByAccountAndAddress.reset(pair);
  if (user.passwordHash && needsRehash(user.passwordHash)) {
    const passwordHash = await hashPassword(input.password);
    await deps.database.user.update({ where: { id: user.id }, data: { passwordHash } });
  }
  const { id, username, isSuperuser } = user;
  return { id, username, isSuperuser, name: displayName(user) };
}

/** Usernames hold no @, so one text field serves both. */
function findUserByLogin(database: Database, login: string) {
  return database.user.findUnique({
    where: login.includes("@") ? { email: login } : { username: login },
  });
}
