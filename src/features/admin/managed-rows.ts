import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import type { Transaction } from "#platform/database.ts";

/** Those of these rows that are this administrator's to change and delete, as far as their rights go. */
export const managedKeys = async (
  tx: Transaction,
  { model, actor, keys }: { model: RegisteredModel; actor: AdminActor; keys: readonly Key[] },
): Promise<readonly Key[]> => (model.managed ? model.managed(tx, actor, keys) : keys);

/** The same for one. */
export async function isManaged(
  tx: Transaction,
  { model, actor, key }: { model: RegisteredModel; actor: AdminActor; key: Key },
): Promise<boolean> {
  return (await managedKeys(tx, { model, actor, keys: [key] })).length === 1;
}
