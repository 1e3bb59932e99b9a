import { Invalid } from "#lib/errors.ts";
import { displayName } from "#lib/text.ts";
import type { Database } from "#platform/database.ts";
import { hashPassword, needsRehash, verifyPassword } from "#platform/passwords.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";

/** From here on an account counts as being guessed from many addresses at once. */
const failuresOfAnAttack = 100;
/** How many tries each address keeps for such an account. */
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
  const { signInsByAccount, signInsByAddress, signInsByAccountAndAddress } = deps.limits;
  const login = input.username.trim().toLowerCase();
  const user = await findUserByLogin(deps.database, login);
  const network = networkOf(input.address);
  const pair = pairOf(login, network);
  const underAttack = (await signInsByAccount.count(login)) >= failuresOfAnAttack;
  const tries = underAttack ? triesUnderAttack : undefined;
  const checkLimits = async () => {
    await signInsByAddress.check(network);
    await signInsByAccountAndAddress.check(pair, tries);
  };

  await checkLimits();
  const matches = await verifyPassword(user?.passwordHash ?? null, input.password);
  if (!user?.isActive || !matches) {
    await signInsByAccount.take(login);
    await signInsByAddress.take(network);
    await signInsByAccountAndAddress.take(pair, tries);
    return null;
  }
  // A thousand guesses sent at once all pass the first check; the failures among them count by now,
  // and right or wrong, whatever comes after the last allowed one gets the same answer.
  await checkLimits();
  await signInsByAccountAndAddress.reset(pair);
  const verifiedHash = await renewedHash(deps.database, user, input.password);
  const { id, username, isStaff, isSuperuser } = user;
  return { id, username, isStaff, isSuperuser, name: displayName(user), verifiedHash };
}

/** By what was typed: counted by account, one name's limit would tell whose the other name is. */
const pairOf = (login: string, network: string) => `${login.toLowerCase()} ${network}`;

/** Forgives what somebody typed wrong from here, once they have proved by mail who they are. */
export async function forgiveFailures(
  { limits }: { limits: RateLimits },
  { person, address }: { person: { username: string; email: string }; address: string },
): Promise<void> {
  const network = networkOf(address);
  for (const login of [person.username, person.email]) {
    await limits.signInsByAccountAndAddress.reset(pairOf(login, network));
  }
}

/** What a right password has been verified against, made anew where it was made too cheaply. */
async function renewedHash(
  database: Database,
  { id, passwordHash: before }: { id: number; passwordHash: string | null },
  password: string,
): Promise<string | null> {
  if (before === null || !needsRehash(before)) return before;
  const passwordHash = await hashPassword(password);
  // A password that was changed meanwhile stays changed.
  const where = { id, passwordHash: before };
  const { count } = await database.user.updateMany({ where, data: { passwordHash } });
  if (count === 1) return passwordHash;
  // Or somebody else signed in at the same moment, and renewed it.
  const user = await database.user.findUnique({ where: { id }, select: { passwordHash: true } });
  const now = user?.passwordHash ?? null;
  return (await verifyPassword(now, password)) ? now : before;
}

export class WrongCredentials extends Invalid {
  constructor() {
    super({ username: "The username or the password is wrong. Check both, then try again." });
  }
}

/** Usernames hold no @, so one text field serves both. */
function findUserByLogin(database: Database, login: string) {
  return database.user.findUnique({
    where: login.includes("@") ? { email: login } : { username: login },
  });
}
