import { type AdminActor, grantsIn, holdsAll } from "#features/admin/rights.ts";
import { NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Those of these groups that this administrator may change: ones that give nothing they lack, and that
 * they are not in, or they could raise their own rights and keep what was meant to end with another
 * group.
 */
export async function findManagedGroups(
  tx: Transaction,
  actor: AdminActor,
  ids: readonly number[],
): Promise<ReadonlySet<number>> {
  if (actor.isSuperuser) return new Set(ids);
  const groupId = { in: [...ids] };
  const own = await tx.groupMember.findMany({ where: { groupId, userId: actor.id } });
  const given = await tx.groupRight.findMany({ where: { groupId } });
  const beyond = given.filter((row) => !holdsAll(actor, grantsIn([row])));
  const others = new Set([...own, ...beyond].map((row) => row.groupId));
  return new Set(ids.filter((id) => !others.has(id)));
}

/** Holds a group that this administrator may change. @throws NotFound with a sentence */
export async function holdGroup(tx: Transaction, actor: AdminActor, id: number): Promise<void> {
  // For update: nobody becomes a member meanwhile.
  const held = await tx.$queryRaw<unknown[]>`select 1 from groups where id = ${id} for update`;
  if (held.length === 0) throw new NotFound("This group is gone already.");
  if ((await findManagedGroups(tx, actor, [id])).has(id)) return;
  throw new NotFound(
    "You are in this group, or it may do more than you, so it is not yours to change.",
  );
}
