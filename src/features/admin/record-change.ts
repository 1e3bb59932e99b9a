import type { AdminActor } from "#features/admin/rights.ts";
import type { Transaction } from "#platform/database.ts";
import type { AdminChangeKind } from "#prisma/generated/enums.ts";

/** One field as people read it. A password is said to have changed, never what it was or is. */
export interface FieldChange {
  field: string;
  before: string;
  after: string;
}

/** Records what an administrator did, in the transaction that does it. */
export async function recordChange(
  tx: Transaction,
  {
    actor,
    now,
    ...change
  }: {
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
  await tx.adminChange.create({
    data: {
      ...change,
      objectLabel: change.objectLabel.slice(0, 300),
      changes: change.changes.map((each) => ({ ...each })),
      actorId: actor.id,
      actorName: actor.username,
      createdAt: now,
    },
  });
}
