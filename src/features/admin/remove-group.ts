import { holdGroup } from "#features/admin/groups.access.ts";
import type { RowRequest } from "#features/admin/model-admin.ts";
import type { Database } from "#platform/database.ts";

/** Deletes a group; whoever was in it stays. @throws NotFound */
export async function removeGroup(
  { database }: { database: Database },
  { actor, key, alongside }: RowRequest,
): Promise<void> {
  const { id } = key as { id: number };
  await database.$transaction(async (tx) => {
    await holdGroup(tx, actor, id);
    await alongside(tx);
    await tx.group.delete({ where: { id } });
  });
}
