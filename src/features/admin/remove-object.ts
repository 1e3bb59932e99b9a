import type { AdminDeps } from "#features/admin/admin-deps.ts";
import { describeChanges } from "#features/admin/describe-changes.ts";
import { fieldsOf } from "#features/admin/form-fields.ts";
import type { Key, RegisteredModel } from "#features/admin/model-admin.ts";
import { keyText } from "#features/admin/object-keys.ts";
import { type FieldChange, recordChange } from "#features/admin/record-change.ts";
import type { AdminActor } from "#features/admin/rights.ts";
import { NotFound } from "#lib/errors.ts";

/**
 * Removes a row and all that goes with it, and keeps in the history what it was.
 * @throws NotFound when it is gone, Conflict or Forbidden with a sentence when it must stay
 */
export async function removeObject(
  deps: AdminDeps,
  request: { actor: AdminActor; model: RegisteredModel; key: Key; label: string },
): Promise<void> {
  const { actor, model, key, label } = request;
  if (!model.remove) throw new NotFound();
  const changes = await lastValues(deps, request);
  await model.remove.run(deps, {
    actor,
    key,
    alongside: (tx) =>
      recordChange(tx, {
        actor,
        model: model.name,
        objectId: keyText(model, key),
        objectLabel: label,
        kind: "deleted",
        changes,
        now: deps.clock(),
      }),
  });
}

/** Read before the transaction, for in it the row may be gone when the history is written. */
async function lastValues(
  deps: AdminDeps,
  { actor, model, key }: { actor: AdminActor; model: RegisteredModel; key: Key },
): Promise<FieldChange[]> {
  const { form, remove } = model;
  if (!form || remove?.isForgotten) return [];
  const before = await form.read(deps.database, key, { hold: false });
  if (!before) return [];
  const { kept } = await fieldsOf(deps, form, { actor, isNew: false });
  return describeChanges(deps.database, kept, { before, after: null });
}
