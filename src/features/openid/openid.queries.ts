import type { Sql } from "#platform/sql.ts";

/** Whether this person may say by the provider who they are. */
export async function isConnected(
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<boolean> {
  const [found] = await sql<{ is: boolean }>`
    select exists (select 1 from oidc_identities where user_id = ${personId}) as is`;
  return found?.is === true;
}

export interface ConnectionRow {
  issuer: string;
  label: string;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** One for each provider this site has had. */
export const listConnections = (
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<ConnectionRow[]> =>
  sql<ConnectionRow>`
    select issuer, label, created_at as "createdAt", last_used_at as "lastUsedAt"
    from oidc_identities where user_id = ${personId} order by created_at, issuer`;

/** Whether somebody could still sign in without any other service. */
export async function hasWayInHere(
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<boolean> {
  const [found] = await sql<{ has: boolean }>`
    select password_hash is not null
      or exists (select 1 from passkeys where user_id = users.id) as has
    from users where id = ${personId}`;
  return found?.has === true;
}
