import { type Actor, holdActor } from "#features/account/hold-actor.ts";
import { enqueueMail } from "#features/account/send-mail.ts";
import { makeRecoveryCodes } from "#features/second-factors/recovery-codes.ts";
import { stepOfCode } from "#features/second-factors/totp.ts";
import { Conflict, Invalid } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";
import type { Jobs } from "#platform/jobs.ts";

/**
 * Turns the second step by authenticator app on, once a code shows that the app has the secret. That
 * code signs nobody in any more. Answers the recovery codes that come with the first second factor,
 * else null.
 * @throws Invalid for `code`, and Conflict when an app is there already
 */
export async function addAuthenticator(
  deps: { database: Database; jobs: Jobs; clock: () => Date },
  { actor, secret, code }: { actor: Actor; secret: string; code: string },
): Promise<string[] | null> {
  const userId = actor.id;
  const now = deps.clock();
  const lastStep = stepOfCode(secret, code.replace(/\s/g, ""), now);
  if (lastStep === null) throw wrongCode();
  return deps.database.$transaction(async (tx) => {
    // Two at once, or a first passkey meanwhile, would each make codes and void the other's.
    await holdActor(tx, actor);
    if ((await tx.authenticator.count({ where: { userId } })) > 0) {
      throw new Conflict("already_on", "Two-step sign-in is on already.");
    }
    await tx.authenticator.create({ data: { userId, secret, lastStep, createdAt: now } });
    await enqueueMail(tx, deps, { template: "second-factor-on", userId });
    const codes = await tx.recoveryCode.count({ where: { userId } });
    return codes === 0 ? makeRecoveryCodes(tx, { userId }) : null;
  });
}

const wrongCode = () =>
  new Invalid(
    {
      code: "This code is not right. Check that the clock of your device is, then enter the six digits that it shows now.",
    },
    "wrong_code",
  );
