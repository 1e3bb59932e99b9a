import type { AdminActor } from "#features/admin/rights.ts";
import type { Transaction } from "#platform/database.ts";
import type { AdminChangeKind } from "#prisma/generated/enums.ts";

/** One field as people read it. A password is said to have changed, never what it was or is. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
  /** The model it tells of, where that is another: nobody else reads it but who may view these. */
  names?: string;
}

/** Records what an administrator did, in the transaction that does it. */
export async function recordChange(
  tx: Transaction,
  change: {
    actor: AdminActor;
    /** The name it is registered by. */
    model: string;
    objectId: string;
    objectLabel: string;
    kind: AdminChangeKind;
    changes: FieldChange[];
    now: Date;
  },
): Promise<void> {
  const { actor, model, objectId, kind, now } = change;
  const label = change.objectLabel.slice(0, 300).toWellFormed();
  // Whoever is no more leaves their name alone: they may have removed themselves, here or elsewhere.
  await tx.$executeRaw`
    insert into admin_changes (actor_id, actor_name, model, object_id, object_label, kind, changes, created_at)
    values (
      (select id from users where id = ${actor.id} for key share), ${actor.username}, ${model},
      ${objectId}, ${label}, ${kind}::admin_change_kind, ${JSON.stringify(change.changes)}::jsonb, ${now}
    )`;
}
