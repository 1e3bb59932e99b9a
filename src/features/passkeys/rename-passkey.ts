import { NotFound } from "#lib/errors.ts";
import type { Database } from "#platform/database.ts";

/** @throws NotFound for a passkey that is not the actor's */
export async function renamePasskey(
  { database }: { database: Database },
  { actor, id, name }: { actor: { id: number }; id: string; name: string },
): Promise<void> {
  const { count } = await database.passkey.updateMany({
    where: { id, userId: actor.id },
    data: { name },
  });
  if (count === 0) throw new NotFound();
}
