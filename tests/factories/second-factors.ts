import { generateSync } from "otplib";
import { makeRecoveryCodes } from "#features/second-factors/recovery-codes.ts";
import { newSecret } from "#features/second-factors/totp.ts";
import type { Database } from "#platform/database.ts";

/** What an authenticator app shows at a time, or so many steps before or after. */
export const codeAt = (secret: string, now: Date, steps = 0): string =>
  generateSync({ secret, epoch: Math.floor(now.getTime() / 1000) + steps * 30 });

/** Gives somebody an authenticator app and recovery codes, as if they had turned it on long ago. */
export async function giveAuthenticator(
  { deps: { database } }: { deps: { database: Database } },
  { id: userId }: { id: number },
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const secret = newSecret();
  return database.$transaction(async (tx) => {
    await tx.authenticator.create({ data: { userId, secret, lastStep: 0 } });
    return { secret, recoveryCodes: await makeRecoveryCodes(tx, { userId }) };
  });
}
