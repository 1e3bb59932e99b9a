import { enqueueMail } from "#features/account/send-mail.ts";
import { useRecoveryCode } from "#features/second-factors/recovery-codes.ts";
import { findSecondStep } from "#features/second-factors/second-factors.queries.ts";
import { stepOfCode } from "#features/second-factors/totp.ts";
import { Invalid, TooManyRequests } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";
import { networkOf, type RateLimits } from "#platform/rate-limits.ts";
import type { Sql } from "#platform/sql.ts";

// Protects the second step from whoever knows the password already. Of a million codes three are
// right at any moment. Each try counts before it is looked at, so a thousand at once are not more
// than one after another: ten in a quarter of an hour from one network, and fifty a day from all
// together, which would find a code in some eighteen years. Beyond these fifty only networks from
// which this person gave a right code before may try, three times in a quarter of an hour; from
// elsewhere it takes a recovery code, whose fifty bits nobody guesses, or a passkey. So nobody is
// locked out, and a new password begins the count anew: whoever guessed gets no further.

const triesOfAnAttack = 50;
const triesUnderAttack = 3;

export interface TakeCodeDeps {
  database: Database;
  sql: Sql;
  jobs: Jobs;
  limits: RateLimits;
  clock: () => Date;
}

/**
 * Takes a code of a person's authenticator app or one of their recovery codes, none of them twice;
 * answers which it was.
 * @throws Invalid for `code`, and TooManyRequests
 */
export async function takeCode(
  deps: TakeCodeDeps,
  { person, code, address }: { person: { id: number }; code: string; address: string },
): Promise<"authenticator" | "recovery"> {
  const typed = code.replace(/[\s-]/g, "");
  if (typed === "") throw new Invalid({ code: "Enter the code." });
  const isFromApp = /^\d{6}$/.test(typed);
  if (typed.length > 100) throw wrongCode(isFromApp);
  const pair = `${person.id} ${networkOf(address)}`;
  await deps.limits.codesByAccountAndAddress.take(pair);
  if (isFromApp) await refuseGuessing(deps, { person, pair });
  const isTaken = isFromApp
    ? await takeAppCode(deps, { userId: person.id, code: typed })
    : await takeRecoveryCode(deps, { userId: person.id, code: typed });
  if (!isTaken) throw wrongCode(isFromApp);
  await deps.limits.codesByAccountAndAddress.reset(pair);
  await deps.limits.networksOfCodes.take(pair);
  return isFromApp ? "authenticator" : "recovery";
}

const wrongCode = (isFromApp: boolean) =>
  new Invalid(
    {
      code: isFromApp
        ? "This code is wrong or was used already. Wait for the next one, then enter that."
        : "This recovery code is wrong or was used already. Enter another.",
    },
    "wrong_code",
  );

async function refuseGuessing(
  deps: TakeCodeDeps,
  { person, pair }: { person: { id: number }; pair: string },
): Promise<void> {
  const { codesByAccount, networksOfCodes, codesByAccountAndAddress } = deps.limits;
  const account = `${person.id} ${await findSecondStep(deps, { personId: person.id })}`;
  await codesByAccount.take(account);
  if ((await codesByAccount.count(account)) <= triesOfAnAttack) return;
  if ((await networksOfCodes.count(pair)) === 0) {
    throw new TooManyRequests(
      3600,
      "Somebody entered many wrong codes for this account, so from here only a recovery code counts for now. Setting a new password ends that.",
    );
  }
  // This one is among them.
  await codesByAccountAndAddress.check(pair, triesUnderAttack + 1);
}

async function takeAppCode(
  { database, clock }: TakeCodeDeps,
  { userId, code }: { userId: number; code: string },
): Promise<boolean> {
  const authenticator = await database.authenticator.findUnique({ where: { userId } });
  const step = authenticator && stepOfCode(authenticator.secret, code, clock());
  if (!authenticator || step === null) return false;
  // This one statement decides, whoever else sends the same code meanwhile: steps only go forward.
  const { count } = await database.authenticator.updateMany({
    where: { userId, secret: authenticator.secret, lastStep: { lt: step } },
    data: { lastStep: step },
  });
  return count === 1;
}

const takeRecoveryCode = (
  deps: TakeCodeDeps,
  { userId, code }: { userId: number; code: string },
): Promise<boolean> =>
  deps.database.$transaction(async (tx) => {
    if (!(await useRecoveryCode(tx, { userId, code }))) return false;
    await enqueueMail(tx, deps, { template: "recovery-code-used", userId });
    return true;
  });
