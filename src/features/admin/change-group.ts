import { holdGroup } from "#features/admin/groups.access.ts";
import {
  type AdminActor,
  type Grant,
  grantOf,
  holdsAll,
  type Right,
} from "#features/admin/rights.ts";
import { Forbidden, Invalid } from "#lib/errors.ts";
import type { Transaction } from "#platform/database.ts";

export interface GroupInput {
  name: string;
  grants: readonly Grant[];
}

interface GroupRequest {
  actor: AdminActor;
  input: GroupInput;
}

/** @throws Invalid for a name that is taken, Forbidden for rights the actor does not hold */
export async function addGroup(
  tx: Transaction,
  { actor, input }: GroupRequest,
): Promise<{ id: number }> {
  const grants = withViews(input.grants);
  requireHeld(actor, grants);
  await requireFreeName(tx, input.name, 0);
  const { id } = await tx.group.create({ data: { name: input.name } });
  await writeRights(tx, id, grants);
  return { id };
}

/** @throws NotFound, Invalid for a name that is taken, Forbidden for rights the actor does not hold */
export async function changeGroup(
  tx: Transaction,
  { actor, id, input }: GroupRequest & { id: number },
): Promise<void> {
  const grants = withViews(input.grants);
  await holdGroup(tx, actor, id);
  requireHeld(actor, grants);
  await requireFreeName(tx, input.name, id);
  await tx.group.update({ where: { id }, data: { name: input.name } });
  await tx.groupRight.deleteMany({ where: { groupId: id } });
  await writeRights(tx, id, grants);
}

/** Nobody gets to what they may delete, but past what they may view. */
const withViews = (grants: readonly Grant[]): readonly Grant[] => [
  ...new Set(grants.flatMap((grant) => [grantOf(grant.split(" ")[0] ?? "", "view"), grant])),
];

function requireHeld(actor: AdminActor, grants: readonly Grant[]): void {
  if (!holdsAll(actor, grants)) {
    throw new Forbidden("beyond_rights", "Nobody can give what they may not do themselves.");
  }
}

/** One at a time, or the unique key would break the transaction instead of telling beside the field. */
async function requireFreeName(tx: Transaction, name: string, id: number): Promise<void> {
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended('group names', 0))`;
  const same = await tx.group.findUnique({ where: { name } });
  if (same && same.id !== id) throw new Invalid({ name: "There is a group of this name." });
}

async function writeRights(tx: Transaction, groupId: number, grants: readonly Grant[]) {
  const granted = new Set(grants);
  const models = new Set(grants.map((grant) => grant.split(" ")[0] ?? ""));
  await tx.groupRight.createMany({
    data: [...models].map((model) => {
      const may = (right: Right) => granted.has(grantOf(model, right));
      return {
        groupId,
        model,
        canView: may("view"),
        canAdd: may("add"),
        canChange: may("change"),
        canDelete: may("delete"),
      };
    }),
  });
}
