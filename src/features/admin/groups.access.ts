import { type AdminActor, holdsAll, listGrants } from "#features/admin/rights.ts";
import { Forbidden, NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Holds a group that this administrator may manage: one that gives nothing they lack, and that they
 * are not in, or they could raise their own rights and keep what was meant to end with another group.
 * @throws NotFound, and Forbidden with a sentence
 */
export async function holdGroup(tx: Transaction, actor: AdminActor, id: number): Promise<void> {
  // For update: nobody becomes a member meanwhile.
  const held = await tx.$queryRaw<unknown[]>`select 1 from groups where id = ${id} for update`;
  if (held.length === 0) throw new NotFound();
  if (actor.isSuperuser) return;
  const where = { groupId_userId: { groupId: id, userId: actor.id } };
  if (await tx.groupMember.findUnique({ where })) {
    throw new Forbidden("own_group", "You are in this group, so somebody else has to change it.");
  }
  if (!holdsAll(actor, await listGrants(tx, { groupId: id }))) {
    throw new Forbidden(
      "beyond_rights",
      "This group may do more than you, so it is not yours to change.",
    );
  }
}
