import { type AdminActor, type Grant, holdsAll, listGrants } from "#features/admin/rights.ts";
import { Forbidden } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

/**
 * Puts somebody into groups and takes them out of others, of which the actor may touch those only that
 * do nothing beyond what they may do themselves, and never their own. A group that is gone has no members.
 * @param wanted by the ids of groups; of all others nothing changes
 * @throws Forbidden with a sentence
 */
export async function changeMemberships(
  tx: Transaction,
  {
    actor,
    personId,
    wanted,
  }: { actor: AdminActor; personId: number; wanted: ReadonlyMap<number, boolean> },
): Promise<void> {
  const rows = await tx.groupMember.findMany({ where: { userId: personId } });
  const before = new Set(rows.map((row) => row.groupId));
  const touched = [...wanted.keys()].filter((id) => before.has(id) !== wanted.get(id));
  if (touched.length === 0) return;
  const refusal = refusalOfOwnGroups(actor, personId);
  if (refusal) throw new Forbidden("own_groups", refusal);
  // Held, so that a group that is given more just now is seen with it.
  const held = await tx.$queryRaw<{ id: number }[]>`
    select id from groups where id = any(${touched}::int[]) order by id for share`;
  const there = held.map(({ id }) => id);
  for (const groupId of there) {
    const beyond = refusalOfGroup(actor, await listGrants(tx, groupId));
    if (beyond) throw new Forbidden("beyond_rights", beyond);
  }
  const left = there.filter((groupId) => before.has(groupId));
  await tx.groupMember.deleteMany({ where: { userId: personId, groupId: { in: left } } });
  await tx.groupMember.createMany({
    data: there
      .filter((groupId) => wanted.get(groupId))
      .map((groupId) => ({ groupId, userId: personId })),
  });
}

/** Why a group that may do this is not this administrator's to put anybody into, or take out of. */
export const refusalOfGroup = (actor: AdminActor, grants: readonly Grant[]): string | null =>
  actor.isSuperuser || holdsAll(actor, grants)
    ? null
    : "This group may do more than you, so it is not yours to give.";

/** Why the groups of this person are not this administrator's to change, whatever these may do. */
export const refusalOfOwnGroups = (actor: AdminActor, personId: number): string | null =>
  actor.isSuperuser || actor.id !== personId
    ? null
    : "Your own groups are for somebody else to change.";
