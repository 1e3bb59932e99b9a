import { makeRecoveryCodes } from "#features/second-factors/recovery-codes.ts";
import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

/** Ten new codes in place of what is left of the old. @throws NotFound without a second factor */
export async function renewRecoveryCodes(
  { database }: { database: Database },
  { actor }: { actor: { id: number } },
): Promise<string[]> {
  const userId = actor.id;
  return database.$transaction(async (tx) => {
    const held = await tx.$queryRaw<object[]>`
      select 1 from users u where u.id = ${userId}
        and (exists (select 1 from authenticators where user_id = u.id)
          or exists (select 1 from passkeys where user_id = u.id))
      for no key update`;
    if (held.length === 0) throw new NotFound("Codes come with a second step. Set one up first.");
    return makeRecoveryCodes(tx, { userId });
  });
}
