import { type Sql, sqlNumber } from "#platform/sql.ts";

export const mostPasskeys = 20;
const passkeyLimit = sqlNumber(mostPasskeys);

export interface PasskeyRow {
  id: string;
  name: string;
  transports: string[];
  isBackedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}

/** All of a person's, the newest first. */
export const listPasskeys = (
  { sql }: { sql: Sql },
  { personId }: { personId: number },
): Promise<PasskeyRow[]> =>
  sql<PasskeyRow>`
    select id, name, transports, is_backed_up as "isBackedUp", created_at as "createdAt",
      last_used_at as "lastUsedAt"
    from passkeys where user_id = ${personId}
    order by created_at desc, id limit ${passkeyLimit}`;

export interface PasskeyOfPerson {
  publicKey: Uint8Array;
  counter: number;
  webauthnId: string;
  personId: number;
  username: string;
  firstName: string;
  lastName: string;
  isStaff: boolean;
  isSuperuser: boolean;
}

/** A passkey with whom it signs in, or null also where that person was deactivated. */
export async function findPasskey(
  { sql }: { sql: Sql },
  { id }: { id: string },
): Promise<PasskeyOfPerson | null> {
  const [found] = await sql<PasskeyOfPerson>`
    select k.public_key as "publicKey", k.counter::float8 as counter,
      u.webauthn_id as "webauthnId", u.id as "personId", u.username::text,
      u.first_name as "firstName", u.last_name as "lastName",
      u.is_staff as "isStaff", u.is_superuser as "isSuperuser"
    from passkeys k join users u on u.id = k.user_id
    where k.id = ${id} and u.is_active`;
  return found ?? null;
}

/** Whether a passkey that this site does not have was made for somebody here. */
export async function isRemovedPasskey(
  { sql }: { sql: Sql },
  { id, webauthnId }: { id: string; webauthnId: string },
): Promise<boolean> {
  const [found] = await sql<{ isRemoved: boolean }>`
    select exists (select 1 from users where webauthn_id = ${webauthnId})
      and not exists (select 1 from passkeys where id = ${id}) as "isRemoved"`;
  return found?.isRemoved ?? false;
}
