import { isAt, type Provider } from "#features/openid/ways-in.ts";
import type { Sql } from "#platform/sql.ts";

/** Whether this person may say by the provider of now who they are. */
export async function isConnected(
  { sql, openid }: { sql: Sql; openid: Provider },
  { personId }: { personId: number },
): Promise<boolean> {
  const identities = await sql<{ issuer: string }>`
    select issuer from oidc_identities where user_id = ${personId}`;
  return identities.some((identity) => isAt(openid, identity));
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
