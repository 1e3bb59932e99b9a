import { createHash } from "node:crypto";
import type { Sql } from "#platform/sql.ts";

/**
 * What a sign-in that waits for its second step must still match when that is done, or null where a
 * password alone signs this person in. It changes with the password: whoever knew the old one waits
 * in vain.
 */
export async function findSecondStep(
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<string | null> {
  const [found] = await sql<{ stamp: string }>`
    select encode(sha256(convert_to(coalesce(u.password_hash, ''), 'UTF8')), 'hex') as stamp
    from users u where u.id = ${personId}
      and (exists (select 1 from authenticators where user_id = u.id)
        or exists (select 1 from passkeys where user_id = u.id))`;
  return found?.stamp ?? null;
}

/** The same of a password's hash that is at hand. */
export const stampOf = (passwordHash: string | null): string =>
  createHash("sha256")
    .update(passwordHash ?? "")
    .digest("hex");

export interface SecondFactors {
  hasAuthenticator: boolean;
  authenticatorSince: Date | null;
  hasPasskeys: boolean;
  recoveryCodes: number;
}

/** What somebody can prove themselves with besides their password. */
export async function getSecondFactors(
  { sql }: { sql: Sql },
  { id }: { id: number },
): Promise<SecondFactors> {
  const [factors] = await sql<SecondFactors>`
    select exists (select 1 from authenticators where user_id = ${id}) as "hasAuthenticator",
      (select created_at from authenticators where user_id = ${id}) as "authenticatorSince",
      exists (select 1 from passkeys where user_id = ${id}) as "hasPasskeys",
      (select count(*)::int from recovery_codes where user_id = ${id}) as "recoveryCodes"`;
  if (!factors) throw new Error("A select without a table answers one row.");
  return factors;
}
