import { type AdminActor, holdsAll, listGrants } from "#features/admin/rights.ts";
import { Forbidden, NotFound } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Makes these the groups somebody is in, of which the actor may touch those only that do nothing
 * beyond what they may do themselves, and never their own.
 * @throws NotFound for a group that is gone, and Forbidden with a sentence
 */
export async function changeMemberships(
  tx: Transaction,
  {
    actor,
    personId,
    groupIds,
  }: { actor: AdminActor; personId: number; groupIds: readonly number[] },
): Promise<void> {
  const rows = await tx.groupMember.findMany({ where: { userId: personId } });
  const before = new Set(rows.map((row) => row.groupId));
  const after = new Set(groupIds);
  const touched = [...new Set([...before, ...after])].filter(
    (id) => before.has(id) !== after.has(id),
  );
  if (touched.length === 0) return;
  if (!actor.isSuperuser && personId === actor.id) {
    throw new Forbidden("own_groups", "Your own groups are for somebody else to change.");
  }
  // Held, so that a group that is given more just now is seen with it.
  const held = await tx.$queryRaw<unknown[]>`
    select 1 from groups where id = any(${touched}::int[]) order by id for share`;
  if (held.length < touched.length) throw new NotFound("A group is gone. Load the page again.");
  for (const groupId of touched) {
    if (!actor.isSuperuser && !holdsAll(actor, await listGrants(tx, { groupId }))) {
      throw new Forbidden(
        "beyond_rights",
        "A group may do more than you, so it is not yours to give.",
      );
    }
  }
  const gone = touched.filter((groupId) => before.has(groupId));
  await tx.groupMember.deleteMany({ where: { userId: personId, groupId: { in: gone } } });
  await tx.groupMember.createMany({
    data: touched
      .filter((groupId) => after.has(groupId))
      .map((groupId) => ({ groupId, userId: personId })),
  });
}
