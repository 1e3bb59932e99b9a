import type { Sql } from "#platform/sql.ts";

/** Whether a password alone does not sign this person in. */
export async function hasSecondFactor(
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<boolean> {
  const [found] = await sql<{ has: boolean }>`
    select exists (select 1 from authenticators where user_id = ${personId})
      or exists (select 1 from passkeys where user_id = ${personId}) as has`;
  return found?.has === true;
}
