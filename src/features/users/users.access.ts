import { awaitSuperusers } from "#features/account/refuse-last-superuser.ts";
import { type PersonRow, personColumns } from "#features/users/users.queries.ts";
import { NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";
import type { Sql } from "#platform/sql.ts";

const nobodyHere = () => new NotFound("There is nobody by this name here.");

/** A person the viewer may see: active, or the viewer administers. @throws NotFound */
export async function getPerson(
  { sql }: { sql: Sql },
  viewer: { id: number; isSuperuser: boolean } | null,
  username: string,
): Promise<PersonRow> {
  const [person] = await sql<PersonRow>`
    select ${personColumns}
    from users u
      left join profiles p on p.user_id = u.id
      left join contacts mine on mine.from_id = ${viewer?.id ?? null} and mine.to_id = u.id
    where u.username = ${username} and (u.is_active or ${viewer?.isSuperuser === true})`;
  if (!person) throw nobodyHere();
  return person;
}

/**
 * Neither is deleted, and no counter of theirs moved by others, before the transaction ends.
 * @param options administrators may mean deactivated people, too
 * @throws NotFound when either was deleted or deactivated
 */
export async function holdPeople(
  tx: Transaction,
  ids: [number, number],
  { hidden = false } = {},
): Promise<void> {
  // In order of id: two people who follow each other at once must not wait for each other. And
  // each person before their profile, as deleting does.
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from users u join profiles p on p.user_id = u.id
    where u.id = any(${ids}::int[]) and (u.is_active or ${hidden})
    order by u.id
    for key share of u for no key update of p`;
  if (rows.length < ids.length) throw nobodyHere();
}

/**
 * Nobody else changes this person or their profile before the transaction ends. Answers whether they
 * are there.
 * @param actor whoever does so in their stead, if the transaction will say that it was them
 */
export async function holdPerson(
  tx: Transaction,
  id: number,
  actor?: { id: number },
): Promise<boolean> {
  await awaitSuperusers(tx, id);
  // In order of id: two who change each other at once must not wait for each other.
  if (actor && actor.id < id) await holdKey(tx, actor.id);
  // For update, as another username asks for it: who follows them holds the key and waits for the profile.
  const held = await tx.$queryRaw<unknown[]>`
    select 1 from users u join profiles p on p.user_id = u.id
    where u.id = ${id} for update of u for no key update of p`;
  if (actor && actor.id > id) await holdKey(tx, actor.id);
  return held.length > 0;
}

const holdKey = (tx: Transaction, id: number) =>
  tx.$executeRaw`select 1 from users where id = ${id} for key share`;
